package dev.quarry.load;

import dev.quarry.block.IoKind;
import dev.quarry.posix.Sockets;
import dev.quarry.posix.TimerSlack;
import dev.quarry.workload.Requests;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.HdrHistogram.SingleWriterRecorder;

/// One connection and its thread: sends what is due, takes in what has come, waits for more.
///
/// Latency begins when a request was to be made. Of a closed load that is when its slot was free.
/// Of an open one it is when it was due, if it found no slot or the socket full, for then the
/// server kept it; otherwise it is when it was sent: that this thread woke late is not the server's
/// doing, and is told by itself.
final class LoadConnection {
  private static final long NOTHING = Long.MIN_VALUE;
  private static final long DRAIN_NANOS = 5_000_000_000L;

  private final NbdSocket socket;
  private final Requests requests;
  private final boolean open;
  private final long baseOffset;
  private final Outbox outbox;
  private final Inbox inbox;
  private final int[] free; // slots, a stack
  private final long[] intended; // by slot, or NOTHING
  private final int[] payload; // by slot, of a read
  private final int[] lengths; // by slot
  private final SingleWriterRecorder latencies;
  private final SingleWriterRecorder lateness;
  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private int freeCount;
  private boolean kept; // the server keeps requests from being sent
  private long startNanos;
  private long measureFrom;
  private long endNanos;
  private long operations; // of the time that counts
  private long bytes;
  private long undone;
  private long errors;
  private int firstError;
  private long cpuNanos;

  LoadConnection(
      NbdSocket socket,
      LoadPlan plan,
      Requests requests,
      long baseOffset,
      int largest,
      SingleWriterRecorder latencies,
      SingleWriterRecorder lateness,
      Arena arena) {
    this.socket = socket;
    this.requests = requests;
    this.open = plan.open();
    this.baseOffset = baseOffset;
    this.outbox = new Outbox(arena, largest, plan.forced(), plan.seed());
    this.inbox = new Inbox(arena);
    this.latencies = latencies;
    this.lateness = lateness;
    int slots = plan.slots();
    this.free = new int[slots];
    this.intended = new long[slots];
    this.payload = new int[slots];
    this.lengths = new int[slots];
    for (int i = 0; i < slots; i++) {
      free[i] = i;
      intended[i] = NOTHING;
    }
    this.freeCount = slots;
    requests.next();
  }

  /// Runs until `end`, and then until all is answered.
  ///
  /// @param start when requests begin, by [System#nanoTime], as all times are
  /// @param from when they begin to count
  void run(long start, long from, long end) {
    TimerSlack.least();
    startNanos = start;
    measureFrom = from;
    endNanos = end;
    long cpuBefore = -1;
    long now = System.nanoTime();
    while (now < end) {
      if (cpuBefore < 0 && now >= from) {
        cpuBefore = threads.getCurrentThreadCpuTime();
      }
      fill(now);
      outbox.send(socket);
      boolean received = inbox.receive(socket);
      now = System.nanoTime();
      if (received) {
        takeReplies(now);
      } else {
        await(now);
        now = System.nanoTime();
      }
    }
    cpuNanos = cpuBefore < 0 ? 0 : threads.getCurrentThreadCpuTime() - cpuBefore;
    if (open) {
      fill(end); // what was due while this thread was elsewhere
    }
    countUndone();
    drain();
    outbox.addDisconnect();
    outbox.send(socket);
  }

  private void fill(long now) {
    boolean wasKept = kept;
    kept = false;
    while (!open || startNanos + requests.dueNanos() <= now) {
      if (freeCount == 0 || !outbox.hasRoomFor(requests.kind(), requests.length())) {
        kept = true;
        return;
      }
      int slot = free[--freeCount];
      intended[slot] = open ? intended(wasKept, now) : now;
      lengths[slot] = requests.length();
      payload[slot] = requests.kind() == IoKind.READ ? requests.length() : 0;
      outbox.add(requests.kind(), slot, baseOffset + requests.offset(), requests.length());
      requests.next();
    }
  }

  private long intended(boolean wasKept, long now) {
    long due = startNanos + requests.dueNanos();
    if (wasKept) {
      return due;
    }
    if (now >= measureFrom) {
      lateness.recordValue(now - due);
    }
    return now;
  }

  private void takeReplies(long now) {
    boolean counts = now >= measureFrom;
    while (inbox.hasReply()) {
      long cookie = inbox.cookie();
      if (cookie < 0 || cookie >= intended.length || intended[(int) cookie] == NOTHING) {
        throw new NbdException("the server answers what was not asked");
      }
      int slot = (int) cookie;
      int error = inbox.error();
      inbox.take(error == 0 ? payload[slot] : 0);
      if (error != 0) {
        errors++;
        firstError = firstError == 0 ? error : firstError;
      } else if (counts) {
        if (now <= endNanos) {
          operations++;
          bytes += lengths[slot];
        }
        latencies.recordValue(now - intended[slot]);
      }
      intended[slot] = NOTHING;
      free[freeCount++] = slot;
    }
  }

  private void await(long now) {
    long until = endNanos;
    if (open && freeCount > 0) {
      until = Math.min(until, startNanos + requests.dueNanos());
    }
    int events = outbox.isEmpty() ? Sockets.POLLIN : Sockets.POLLIN | Sockets.POLLOUT;
    if (until > now) {
      socket.await(events, until - now);
    }
  }

  /// Requests of an open load that were due and found no slot: they have waited at least until now.
  private void countUndone() {
    while (open && startNanos + requests.dueNanos() < endNanos) {
      undone++;
      latencies.recordValue(endNanos - startNanos - requests.dueNanos());
      requests.next();
    }
  }

  private void drain() {
    long now = System.nanoTime();
    long giveUp = now + DRAIN_NANOS;
    while (freeCount < free.length && now < giveUp) {
      outbox.send(socket);
      if (inbox.receive(socket)) {
        takeReplies(System.nanoTime());
      } else {
        socket.await(
            outbox.isEmpty() ? Sockets.POLLIN : Sockets.POLLIN | Sockets.POLLOUT, giveUp - now);
      }
      now = System.nanoTime();
    }
    if (freeCount < free.length) {
      throw new NbdException(
          "the server did not answer for 5 s requests=" + (free.length - freeCount));
    }
  }

  /// What happened; to be asked for when the thread has ended.
  Counts counts() {
    return new Counts(operations, bytes, undone, errors, firstError, cpuNanos);
  }

  /// @param cpuNanos of the thread, in the time that counts
  record Counts(
      long operations, long bytes, long undone, long errors, int firstError, long cpuNanos) {

    Counts and(Counts other) {
      return new Counts(
          operations + other.operations,
          bytes + other.bytes,
          undone + other.undone,
          errors + other.errors,
          firstError == 0 ? other.firstError : firstError,
          cpuNanos + other.cpuNanos);
    }
  }

  /// By how much this thread was late to send what was due and could be sent; of an open load.
  SingleWriterRecorder lateness() {
    return lateness;
  }

  SingleWriterRecorder latencies() {
    return latencies;
  }
}
