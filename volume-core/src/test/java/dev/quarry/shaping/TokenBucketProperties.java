package dev.quarry.shaping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/// The arithmetic against exact arithmetic on big integers.
final class TokenBucketProperties {
  private static final long SECOND = 1_000_000_000L;
  private static final long YEAR = 365L * 24 * 3_600 * SECOND;
  private static final long SECTORS_OF_64_TIB = 1L << 37;

  /// A taker: how long after the last one it comes, what it takes, and how long another bucket
  /// holds it up beyond the last one's time to go.
  record Taker(long gapNanos, long tokens, long heldNanos) {

    /// Its tokens, but no more than the bucket earns in four months: the sum of all waits must be a
    /// time that there is. The slowest volume earns 64 TiB of sectors in 17 months.
    long tokensOf(TokenBucket bucket) {
      return Math.min(tokens, bucket.tokensPerSecond() * 10_000_000);
    }
  }

  @Provide
  Arbitrary<TokenBucket> buckets() {
    Arbitrary<Long> rates =
        Arbitraries.oneOf(
            Arbitraries.longs().between(1, 1_000),
            Arbitraries.of(100L, 3_000L, 16_000L, 80_000L, 256_000L, 256_000L * 7),
            Arbitraries.longs().between(1, TokenBucket.MAX_RATE));
    Arbitrary<Long> capacities =
        Arbitraries.oneOf(
            Arbitraries.longs().between(1, 3_000),
            Arbitraries.of(5_400_000L),
            Arbitraries.longs().between(1, TokenBucket.MAX_CAPACITY));
    return Combinators.combine(rates, capacities).as(TokenBucket::new);
  }

  @Provide
  Arbitrary<List<Taker>> takers() {
    Arbitrary<Long> gaps =
        Arbitraries.oneOf(
            Arbitraries.just(0L),
            Arbitraries.longs().between(0, 2_000_000),
            Arbitraries.longs().between(0, 3 * SECOND));
    Arbitrary<Long> tokens =
        Arbitraries.oneOf(
            Arbitraries.longs().between(0, 8),
            Arbitraries.longs().between(0, 5_000),
            Arbitraries.just(SECTORS_OF_64_TIB));
    Arbitrary<Long> held =
        Arbitraries.oneOf(Arbitraries.just(0L), Arbitraries.longs().between(0, SECOND));
    return Combinators.combine(gaps, tokens, held).as(Taker::new).list().ofMaxSize(40);
  }

  /// In any window no more goes ahead than the capacity, or the one request that is larger, and
  /// what the rate gives in the window.
  @Property
  void anyWindow_grantsAtMostCapacityAndRateTimesTime(
      @ForAll("buckets") TokenBucket bucket,
      @ForAll("takers") List<Taker> takers,
      @ForAll @LongRange(max = 100 * YEAR) long start) {
    long position = bucket.positionOf(bucket.capacity(), start);
    long now = start;
    long last = start;
    List<Long> times = new ArrayList<>();
    for (Taker taker : takers) {
      now += taker.gapNanos;
      position = bucket.take(position, taker.tokensOf(bucket), now);
      long due = Math.max(now, bucket.dueNanos(position));
      last = Math.max(due, last + taker.heldNanos);
      position = bucket.settle(position, taker.tokensOf(bucket), last);
      times.add(last);
    }
    for (int i = 0; i < times.size(); i++) {
      BigInteger granted = BigInteger.ZERO;
      for (int j = i; j < times.size(); j++) {
        granted = granted.add(BigInteger.valueOf(takers.get(j).tokensOf(bucket)));
        BigInteger bound =
            rateTimes(bucket, times.get(j) - times.get(i))
                .add(
                    BigInteger.valueOf(Math.max(bucket.capacity(), takers.get(i).tokensOf(bucket))))
                .add(BigInteger.ONE);
        assertTrue(granted.compareTo(bound) <= 0, granted + " > " + bound);
      }
    }
  }

  /// A taker goes ahead at the first nanosecond at which its tokens are there.
  @Property
  void waiting_isNeverLongerThanTheTokensLack(
      @ForAll("buckets") TokenBucket bucket,
      @ForAll("takers") List<Taker> takers,
      @ForAll @LongRange(max = 100 * YEAR) long start) {
    long position = bucket.positionOf(bucket.capacity(), start);
    long now = start;
    for (Taker taker : takers) {
      now += taker.gapNanos;
      long balance = bucket.balance(position, now);
      position = bucket.take(position, taker.tokensOf(bucket), now);
      long due = bucket.dueNanos(position);
      assertEquals(balance >= taker.tokensOf(bucket), due <= now);
      if (due > now) {
        assertTrue(exactSupply(bucket, due).compareTo(BigInteger.valueOf(position)) >= 0);
        assertTrue(exactSupply(bucket, due - 1).compareTo(BigInteger.valueOf(position)) < 0);
      }
    }
  }

  /// A line of takers that never lets up goes ahead at exactly the rate, however many there are.
  @Property
  void rounding_overAnyNumberOfTakers_doesNotDrift(
      @ForAll("buckets") TokenBucket bucket,
      @ForAll @LongRange(min = 1, max = 1_000) long tokens,
      @ForAll @LongRange(max = 100 * YEAR) long start,
      @ForAll @IntRange(min = 1, max = 2_000) int count) {
    long position = bucket.positionOf(0, start);
    long base = position;
    for (int i = 0; i < count; i++) {
      position = bucket.take(position, tokens, start);
    }
    assertEquals(base + tokens * count, position);
    BigInteger needed = BigInteger.valueOf(position).multiply(BigInteger.valueOf(SECOND));
    BigInteger[] exact = needed.divideAndRemainder(BigInteger.valueOf(bucket.tokensPerSecond()));
    BigInteger due = exact[1].signum() > 0 ? exact[0].add(BigInteger.ONE) : exact[0];
    assertEquals(due, BigInteger.valueOf(bucket.dueNanos(position)));
  }

  /// Looking at the bucket, or taking nothing, at any times between changes nothing that is owed.
  @Property
  void takingNothing_atAnyTimes_changesNothingWhileTokensAreOwed(
      @ForAll("buckets") TokenBucket bucket,
      @ForAll @Size(max = 20) List<@LongRange(max = SECOND) Long> times) {
    long position = bucket.positionOf(0, 0) + bucket.tokensPerSecond();
    long after = position;
    for (long time : times) {
      after = bucket.take(after, 0, time);
    }
    assertEquals(position, after);
  }

  @Property
  void splittingATake_makesNoTokens(
      @ForAll("buckets") TokenBucket bucket,
      @ForAll @LongRange(max = SECTORS_OF_64_TIB) long first,
      @ForAll @LongRange(max = SECTORS_OF_64_TIB) long second,
      @ForAll @LongRange(max = 100 * YEAR) long now) {
    long position = bucket.positionOf(bucket.capacity(), now / 2);
    assertEquals(
        bucket.take(position, first + second, now),
        bucket.take(bucket.take(position, first, now), second, now));
  }

  @Property
  void supply_overAHundredYears_isExact(
      @ForAll("buckets") TokenBucket bucket, @ForAll @LongRange(max = 100 * YEAR) long now) {
    assertEquals(exactSupply(bucket, now), BigInteger.valueOf(bucket.supplied(now)));
  }

  private static BigInteger exactSupply(TokenBucket bucket, long nanos) {
    BigInteger product =
        BigInteger.valueOf(bucket.tokensPerSecond()).multiply(BigInteger.valueOf(nanos));
    BigInteger[] parts = product.divideAndRemainder(BigInteger.valueOf(SECOND));
    return parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0];
  }

  private static BigInteger rateTimes(TokenBucket bucket, long nanos) {
    return BigInteger.valueOf(bucket.tokensPerSecond())
        .multiply(BigInteger.valueOf(nanos))
        .divide(BigInteger.valueOf(SECOND));
  }
}
