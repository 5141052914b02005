package dev.quarry.shaping;

import java.util.concurrent.atomic.AtomicLong;

/// A clock that goes when it is told to. A pause moves it on.
public final class ManualTime implements TimeSource {
  private final AtomicLong now;

  /// A clock that stands at `startNanos`.
  public ManualTime(long startNanos) {
    now = new AtomicLong(startNanos);
  }

  @Override
  public long nanoTime() {
    return now.get();
  }

  @Override
  public void pause(long nanos) {
    if (nanos > 0) {
      now.addAndGet(nanos);
    }
  }

  /// Moves the clock on to `nanos`, if that is later than it stands.
  public void advanceTo(long nanos) {
    now.accumulateAndGet(nanos, Math::max);
  }
}
