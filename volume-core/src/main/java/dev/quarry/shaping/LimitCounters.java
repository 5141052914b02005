package dev.quarry.shaping;

import java.util.concurrent.atomic.LongAdder;

/// How long requests were held up, and by which limit. Touched only by requests that wait.
///
/// Requests that wait at the same time each count in full, so that a second of time can hold many
/// seconds of waiting.
final class LimitCounters {
  private final LongAdder iopsExceededNanos = new LongAdder();
  private final LongAdder throughputExceededNanos = new LongAdder();

  /// Counts a wait for the limit that made it the longer.
  void count(long operationsWaitNanos, long sectorsWaitNanos) {
    if (operationsWaitNanos >= sectorsWaitNanos) {
      iopsExceededNanos.add(operationsWaitNanos);
    } else {
      throughputExceededNanos.add(sectorsWaitNanos);
    }
  }

  Exceeded sum() {
    return new Exceeded(iopsExceededNanos.sum(), throughputExceededNanos.sum());
  }
}
