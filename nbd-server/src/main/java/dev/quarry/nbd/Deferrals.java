package dev.quarry.nbd;

import java.util.ArrayDeque;

/// The requests of one connection that its limits make wait, first in, first out. For its own
/// thread only; `now` is a parameter everywhere, a moment of [System#nanoTime].
final class Deferrals {
  /// With several requests waiting, the thread wakes no more often than this, and runs all that are
  /// due: the wake-up is most of what a shaped request costs.
  static final long TICK_NANOS = 1_000_000;

  private final ArrayDeque<Job> queue = new ArrayDeque<>();
  private long lastDueNanos;
  private long lastRunNanos;

  boolean isEmpty() {
    return queue.isEmpty();
  }

  /// When a request that has to wait for `waitNanos` may run: never before one that came earlier.
  long due(long waitNanos, long now) {
    long due = now + waitNanos;
    return queue.isEmpty() || due - lastDueNanos > 0 ? due : lastDueNanos;
  }

  void add(Job job) {
    assert queue.isEmpty() || job.dueNanos() - lastDueNanos >= 0;
    lastDueNanos = job.dueNanos();
    queue.add(job);
  }

  /// The first request if it is due, else null.
  Job peekDue(long now) {
    Job first = queue.peek();
    return first != null && first.dueNanos() - now <= 0 ? first : null;
  }

  /// Takes the first request out: it runs now.
  void removeFirst(long now) {
    queue.remove();
    lastRunNanos = now;
  }

  /// Nanoseconds from now until it is worth to look again; not for an empty queue.
  long untilWake(long now) {
    long untilDue = queue.peek().dueNanos() - now;
    long untilTick = queue.size() == 1 ? 0 : lastRunNanos + TICK_NANOS - now;
    return Math.max(0, Math.max(untilDue, untilTick));
  }

  /// Takes all requests out, to drop them.
  Job poll() {
    return queue.poll();
  }
}
