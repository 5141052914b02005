package dev.quarry.nbd;

import java.util.ArrayDeque;

/// The requests of one connection that its limits make wait, first in, first out. For its own
/// thread only; `now` is a parameter everywhere, a moment of [System#nanoTime].
///
/// Only the first was charged, and knows when it is due; the others are charged as they become the
/// first. A connection that charged its whole queue ahead would take its turn before those that
/// others have yet to send.
final class Deferrals {
  /// With several requests waiting, the thread wakes no more often than this, and runs all that
  /// have become due: the wake-up is most of what a limited request costs.
  static final long SHORTEST_TICK_NANOS = 1_000_000;

  /// Requests that have to wait long anyway are run in larger batches. Limits make up for requests
  /// that are late by up to 50 ms (ADR 10); most of that is for a machine that is busy.
  static final long LONGEST_TICK_NANOS = 3_000_000;

  /// A request may be late by this part of what it had to wait.
  private static final int LATENESS_DIVISOR = 4;

  private final ArrayDeque<Job> queue = new ArrayDeque<>();
  private long firstDueNanos;
  private long lastRunNanos;
  private long tickNanos = SHORTEST_TICK_NANOS;

  boolean isEmpty() {
    return queue.isEmpty();
  }

  /// Puts a request at the end.
  void add(Job job, long now) {
    job.deferredNanos(now);
    queue.add(job);
  }

  /// The request that waits longest.
  Job first() {
    return queue.element();
  }

  /// Says when the first request, charged now, may run.
  void firstDue(long nanos) {
    firstDueNanos = nanos;
  }

  /// Whether there is a first request and it may run.
  boolean isDue(long now) {
    return !queue.isEmpty() && firstDueNanos - now <= 0;
  }

  /// Takes the first request out: it runs now.
  void removeFirst(long now) {
    long waited = now - queue.remove().deferredNanos();
    tickNanos = Math.clamp(waited / LATENESS_DIVISOR, SHORTEST_TICK_NANOS, LONGEST_TICK_NANOS);
    lastRunNanos = now;
  }

  /// Nanoseconds from now until it is worth to look again; not for an empty queue.
  long untilWake(long now) {
    long untilDue = firstDueNanos - now;
    long untilTick = queue.size() == 1 ? 0 : lastRunNanos + tickNanos - now;
    return Math.max(0, Math.max(untilDue, untilTick));
  }

  /// Takes the first request out, to drop it, or null.
  Job poll() {
    return queue.poll();
  }
}
