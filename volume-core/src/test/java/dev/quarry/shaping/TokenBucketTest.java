package dev.quarry.shaping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TokenBucketTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void take_fromAFullBucket_waitsOnceItIsEmpty() {
    TokenBucket bucket = new TokenBucket(3_000, 30);
    long position = bucket.positionOf(30, 0);
    for (int i = 0; i < 30; i++) {
      position = bucket.take(position, 1, 0);
    }
    assertEquals(0, bucket.balance(position, 0));
    assertEquals(0, bucket.dueNanos(position));
    position = bucket.take(position, 1, 0);
    assertEquals(333_334, bucket.dueNanos(position));
    position = bucket.take(position, 1, 0);
    assertEquals(666_667, bucket.dueNanos(position));
    position = bucket.take(position, 1, 0);
    assertEquals(1_000_000, bucket.dueNanos(position));
    assertEquals(-3, bucket.balance(position, 0));
  }

  @Test
  void take_afterALongIdleTime_findsNoMoreThanTheCapacity() {
    TokenBucket bucket = new TokenBucket(100, 5);
    long position = bucket.take(bucket.positionOf(0, 0), 1, 3_600 * SECOND);
    assertEquals(4, bucket.balance(position, 3_600 * SECOND));
  }

  @Test
  void take_moreThanTheCapacity_waitsForWhatTheBucketLacks() {
    TokenBucket bucket = new TokenBucket(100, 1);
    long position = bucket.take(bucket.positionOf(1, 0), 4, 0);
    assertEquals(30_000_000, bucket.dueNanos(position));
  }

  @Test
  void settle_heldUpElsewhere_fillsNoFurtherThanTheCapacity() {
    TokenBucket bucket = new TokenBucket(100, 5);
    long position = bucket.take(bucket.positionOf(5, 0), 1, 0);
    long settled = bucket.settle(position, 1, 10 * SECOND);
    assertEquals(4, bucket.balance(settled, 10 * SECOND));
    assertEquals(settled, bucket.settle(settled, 1, SECOND), "never back");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, true",
    "536870912, 281474976710656, true",
    "0, 1, false",
    "536870913, 1, false",
    "1, 0, false",
    "1, 281474976710657, false",
  })
  void figures_outOfRange_areRefused(long rate, long capacity, boolean allowed) {
    if (allowed) {
      assertEquals(rate, new TokenBucket(rate, capacity).tokensPerSecond());
    } else {
      assertThrows(IllegalArgumentException.class, () -> new TokenBucket(rate, capacity));
    }
  }

  @Test
  void dueNanos_beyondAllTime_isTheLastOrFirstTimeThereIs() {
    TokenBucket bucket = new TokenBucket(1, 1);
    assertEquals(Long.MAX_VALUE, bucket.dueNanos(Long.MAX_VALUE / 2));
    assertEquals(Long.MIN_VALUE, bucket.dueNanos(Long.MIN_VALUE / 2));
    assertEquals(9_000_000_000L * SECOND, bucket.dueNanos(9_000_000_000L));
  }
}
