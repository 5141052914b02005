package dev.quarry.objects;

import java.util.concurrent.TimeUnit;

/// A clock that only goes forward, and waiting by it that an interrupt ends. Passed in wherever a
/// store waits, so that tests need not.
public interface StoreTime {

  /// Nanoseconds since some fixed time.
  long nanoTime();

  /// Returns when `nanos` have passed, or somewhat later; at once if it is not positive.
  void sleep(long nanos) throws InterruptedException;

  /// The machine's clock.
  static StoreTime system() {
    return new StoreTime() {
      @Override
      public long nanoTime() {
        return System.nanoTime();
      }

      @Override
      public void sleep(long nanos) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(nanos);
      }
    };
  }
}
