package dev.quarry.objects;

/// A rate kept over time, by arithmetic alone: each use moves on the moment from which the next may
/// begin.
///
/// There is no saving up: after a pause one use begins at once, whatever its amount, and the next
/// one waits for it. So the rate is kept to within one use.
public final class Pace {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final long perSecond;
  private long freeNanos; // guarded by this; the next use may begin then
  private boolean used; // guarded by this

  /// @param perSecond the rate
  public Pace(long perSecond) {
    this.perSecond = perSecond;
  }

  /// Takes `amount` at monotonic time `nowNanos` and answers how long to wait before using it.
  public synchronized long take(long amount, long nowNanos) {
    long begin = used && freeNanos - nowNanos > 0 ? freeNanos : nowNanos;
    used = true;
    freeNanos = begin + nanosFor(amount);
    return begin - nowNanos;
  }

  private long nanosFor(long amount) {
    // At most 17 MiB times 10^9: far within a long. Rounded up, so that the rate is never exceeded.
    return (amount * NANOS_PER_SECOND + perSecond - 1) / perSecond;
  }
}
