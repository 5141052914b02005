package dev.quarry.shaping;

import java.util.concurrent.atomic.AtomicLong;

/// A token bucket that threads share. All it adds to the arithmetic is the swap.
final class Bucket {

  private final TokenBucket arithmetic;
  private final AtomicLong position;

  private Bucket(TokenBucket arithmetic, long position) {
    this.arithmetic = arithmetic;
    this.position = new AtomicLong(position);
  }

  /// A bucket that holds `balance` tokens at `nowNanos`; below 0, it owes them.
  static Bucket holding(long balance, TokenBucket arithmetic, long nowNanos) {
    return new Bucket(
        arithmetic, arithmetic.positionOf(Math.min(balance, arithmetic.capacity()), nowNanos));
  }

  TokenBucket arithmetic() {
    return arithmetic;
  }

  /// Takes tokens and tells when the taker may go ahead, which may be in the past.
  long take(long tokens, long nowNanos) {
    while (true) {
      long before = position.get();
      long after = arithmetic.take(before, tokens, nowNanos);
      if (position.compareAndSet(before, after)) {
        return after > arithmetic.supplied(nowNanos) ? arithmetic.dueNanos(after) : nowNanos;
      }
    }
  }

  /// Whether tokens could be taken now without waiting.
  boolean has(long tokens, long nowNanos) {
    return arithmetic.take(position.get(), tokens, nowNanos) <= arithmetic.supplied(nowNanos);
  }

  /// See [TokenBucket#settle].
  void settle(long tokens, long dueNanos) {
    while (true) {
      long before = position.get();
      long after = arithmetic.settle(before, tokens, dueNanos);
      if (after == before || position.compareAndSet(before, after)) {
        return;
      }
    }
  }

  long balance(long nowNanos) {
    return arithmetic.balance(position.get(), nowNanos);
  }

  /// The balance as it is shown: never below 0, each token counting for `unit`.
  BurstBalance burstBalance(long nowNanos, long unit) {
    return new BurstBalance(Math.max(0, balance(nowNanos)) * unit, arithmetic.capacity() * unit);
  }

  /// Until when all that was reserved lasts; in the past if nothing is owed.
  long owedUntilNanos() {
    return arithmetic.dueNanos(position.get());
  }
}
