package dev.quarry.volume;

import dev.quarry.block.IoKind;
import dev.quarry.shaping.Throttle;
import dev.quarry.shaping.TimeSource;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/// Lets the callers of one device through to its limits: at once while there are tokens, otherwise
/// in the order they came, with no more than one of them charged and waiting.
///
/// The caller at the head of the line waits by the clock. When its time has come it admits those
/// behind it that need not wait, all at once, and the first that must becomes the head. So it costs
/// one late wake-up to let through whatever has been supplied meanwhile, not one for each caller.
final class AdmissionLine {
  private final Throttle.Flow flow;
  private final TimeSource time;
  private final Queue<Caller> callers = new ConcurrentLinkedQueue<>(); // changed under this

  AdmissionLine(Throttle.Flow flow, TimeSource time) {
    this.flow = flow;
    this.time = time;
  }

  /// A caller in the line.
  private static final class Caller {
    private final IoKind kind;
    private final long offset;
    private final long length;
    private final Semaphore called = new Semaphore(0);
    private long dueNanos; // handed over with the permit

    Caller(IoKind kind, long offset, long length) {
      this.kind = kind;
      this.offset = offset;
      this.length = length;
    }
  }

  /// Whether a caller would have to queue.
  boolean isBusy() {
    return !callers.isEmpty() || flow.waitingNanos() > 0;
  }

  /// Charges a request and lets its wait pass.
  void pass(IoKind kind, long offset, long length) {
    if (isBusy()) {
      queue(new Caller(kind, offset, length));
    } else {
      time.pause(flow.admit(kind, offset, length));
    }
  }

  private void queue(Caller caller) {
    if (isFirst(caller)) {
      time.pause(flow.waitingNanos()); // one that found nobody here and waits
      time.pause(flow.admit(caller.kind, caller.offset, caller.length));
      callNext();
      return;
    }
    caller.called.acquireUninterruptibly();
    if (callers.peek() == caller) { // called to be the head; otherwise it has left the line
      time.pause(caller.dueNanos - time.nanoTime());
      callNext();
    }
  }

  private synchronized boolean isFirst(Caller caller) {
    callers.add(caller);
    return callers.peek() == caller;
  }

  /// The head leaves, and with it all behind it that may go ahead as well.
  private synchronized void callNext() {
    callers.remove();
    for (Caller next = callers.peek(); next != null; next = callers.peek()) {
      long wait = flow.admit(next.kind, next.offset, next.length);
      if (wait > 0) {
        next.dueNanos = time.nanoTime() + wait;
        next.called.release();
        return;
      }
      callers.remove();
      next.called.release();
    }
  }
}
