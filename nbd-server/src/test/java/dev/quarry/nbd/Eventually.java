package dev.quarry.nbd;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waits for what another thread is about to do.
final class Eventually {
  private static final long PAUSE_NANOS = 1_000_000;
  private static final long LIMIT_NANOS = 20_000_000_000L;

  private Eventually() {}

  static void holds(String what, BooleanSupplier condition) {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begin > LIMIT_NANOS) {
        fail("never so: " + what);
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
