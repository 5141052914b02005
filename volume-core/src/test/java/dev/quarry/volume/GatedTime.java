package dev.quarry.volume;

import dev.quarry.shaping.ManualTime;
import dev.quarry.shaping.TimeSource;
import java.util.concurrent.CountDownLatch;

/// A clock that stands, with all who pause by it, until it is let go; then each pause moves it on
/// to its end.
final class GatedTime implements TimeSource {
  private final ManualTime time = new ManualTime(1);
  private final CountDownLatch gate = new CountDownLatch(1);

  @Override
  public long nanoTime() {
    return time.nanoTime();
  }

  @Override
  public void pause(long nanos) {
    if (nanos > 0) {
      long end = time.nanoTime() + nanos;
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      time.advanceTo(end);
    }
  }

  /// Moves the clock on while all who pause stay where they are, as threads that wake up late.
  void advance(long nanos) {
    time.pause(nanos);
  }

  void open() {
    gate.countDown();
  }
}
