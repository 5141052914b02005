package dev.quarry.shaping;

import java.util.concurrent.locks.LockSupport;

/// The clock of the machine.
public final class SystemTime implements TimeSource {

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  /// Waits the whole time even if the thread is interrupted, and leaves the interrupt for the
  /// caller to find: a request that was charged must not run early.
  @Override
  public void pause(long nanos) {
    long end = System.nanoTime() + nanos;
    boolean interrupted = false;
    for (long left = nanos; left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(this, left);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
