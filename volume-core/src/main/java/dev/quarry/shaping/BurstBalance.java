package dev.quarry.shaping;

/// What is left in a credit bucket.
///
/// @param credits I/Os (gp2) or bytes (st1, sc1), from 0 to the capacity
/// @param capacity the most credits, in the same unit
public record BurstBalance(long credits, long capacity) {

  public BurstBalance {
    if (capacity < 1 || credits < 0 || credits > capacity) {
      throw new IllegalArgumentException(
          "bad burst balance credits=" + credits + " capacity=" + capacity);
    }
  }

  /// CloudWatch's BurstBalance, from 0 to 100. The nearest `double` to the exact value, since 100
  /// times the largest bucket (16 TiB in bytes) is a whole number that a `double` holds.
  public double percent() {
    return 100.0 * credits / capacity;
  }
}
