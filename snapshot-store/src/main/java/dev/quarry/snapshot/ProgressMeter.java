package dev.quarry.snapshot;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// Counts what is done. Safe for use by many threads.
final class ProgressMeter {
  private final Clock clock;
  private final Instant begin;
  private final AtomicLong doneChunks = new AtomicLong();
  private final AtomicLong readBytes = new AtomicLong();
  private volatile long totalChunks = Progress.UNKNOWN;
  private volatile LongSupplier storedBytes = () -> 0;

  ProgressMeter(Clock clock) {
    this.clock = clock;
    this.begin = clock.instant();
  }

  void expect(long chunks, LongSupplier stored) {
    totalChunks = chunks;
    storedBytes = stored;
  }

  void done(long bytes) {
    doneChunks.incrementAndGet();
    readBytes.addAndGet(bytes);
  }

  Progress now() {
    return new Progress(
        doneChunks.get(),
        totalChunks,
        0,
        readBytes.get(),
        storedBytes.getAsLong(),
        Duration.between(begin, clock.instant()));
  }
}
