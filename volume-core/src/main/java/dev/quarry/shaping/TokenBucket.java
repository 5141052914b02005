package dev.quarry.shaping;

/// A token bucket as arithmetic: it has a rate and a capacity, takes its one changing number and
/// the time as arguments, and returns the next.
///
/// **State.** That number is the *position*: how many tokens were taken since time 0, counted along
/// the line of tokens supplied since then. The bucket holds what was supplied and not yet taken:
///
/// ```
///   supplied(now) = floor(rate × now)
///   balance(now)  = supplied(now) − position      at most the capacity, below 0 if tokens are owed
/// ```
///
/// A bucket that was full for a while has a position further behind than the capacity; taking from
/// it first moves the position up. Because the supply is always counted from time 0, no remainder
/// is kept and none is lost: rounding cannot drift. And because the state is one `long`, it can be
/// swapped by compare-and-set without making an object.
///
/// **Taking** never fails. What is not there is reserved ahead, and the taker waits until the
/// supply has reached its position, in the order of taking.
///
/// **Range.** Times are nanoseconds from 0 to 292 years; rates up to [#MAX_RATE] and capacities up
/// to [#MAX_CAPACITY] tokens. With throughput counted in sectors of 512 bytes, 100 years at 4,000
/// MiB/s are 2.6 × 10^16 of the 9.2 × 10^18 tokens that fit.
///
/// @param tokensPerSecond the rate
/// @param capacity the most tokens it holds
record TokenBucket(long tokensPerSecond, long capacity) {
  /// 2^29 tokens a second: 256 GiB/s in sectors. 292 years of them fit a `long`.
  static final long MAX_RATE = 1L << 29;

  /// 2^48 tokens: 128 PiB in sectors.
  static final long MAX_CAPACITY = 1L << 48;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /// The last whole second that nanoseconds in a `long` can name.
  private static final long LAST_SECOND = Long.MAX_VALUE / NANOS_PER_SECOND - 1;

  TokenBucket {
    if (tokensPerSecond < 1 || tokensPerSecond > MAX_RATE) {
      throw new IllegalArgumentException("rate out of range rate=" + tokensPerSecond);
    }
    if (capacity < 1 || capacity > MAX_CAPACITY) {
      throw new IllegalArgumentException("capacity out of range capacity=" + capacity);
    }
  }

  /// Tokens supplied from time 0 until now.
  long supplied(long nowNanos) {
    long seconds = nowNanos / NANOS_PER_SECOND;
    long nanos = nowNanos % NANOS_PER_SECOND;
    return seconds * tokensPerSecond + nanos * tokensPerSecond / NANOS_PER_SECOND;
  }

  /// The position of a bucket that holds `balance` tokens now.
  long positionOf(long balance, long nowNanos) {
    return supplied(nowNanos) - balance;
  }

  /// What the bucket holds now; below 0 it is what is owed.
  long balance(long position, long nowNanos) {
    return Math.min(capacity, supplied(nowNanos) - position);
  }

  /// The position after taking `tokens`.
  long take(long position, long tokens, long nowNanos) {
    return Math.max(position, supplied(nowNanos) - capacity) + tokens;
  }

  /// When the taker that moved the bucket to this position may go ahead: the earliest time at which
  /// so much was supplied. In the past if tokens were there. The last or first time there is, if it
  /// is none that a `long` can name.
  long dueNanos(long position) {
    long seconds = Math.floorDiv(position, tokensPerSecond);
    if (seconds > LAST_SECOND) {
      return Long.MAX_VALUE;
    }
    if (seconds < -LAST_SECOND) {
      return Long.MIN_VALUE;
    }
    long tokens = Math.floorMod(position, tokensPerSecond);
    return seconds * NANOS_PER_SECOND
        + (tokens * NANOS_PER_SECOND + tokensPerSecond - 1) / tokensPerSecond;
  }

  /// The position after a taker of `tokens` was held up until `dueNanos` by another bucket: as if
  /// it had taken them then. Without this a bucket would go on filling past its capacity for a
  /// taker that waits elsewhere, and let all that wait with it go at once.
  long settle(long position, long tokens, long dueNanos) {
    return Math.max(position, supplied(dueNanos) - Math.max(0, capacity - tokens));
  }
}
