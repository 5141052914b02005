package dev.quarry.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BackoffProperties {

  @Property
  void wait_isUnderABoundThatDoubles(
      @ForAll @IntRange(min = 1, max = 1000) int failures,
      @ForAll @IntRange(min = 0, max = 10_000) int firstMillis,
      @ForAll @IntRange(min = 0, max = 100_000) int moreMillis,
      @ForAll long seed) {
    Backoff backoff =
        new Backoff(
            Duration.ofSeconds(1),
            Duration.ofMillis(firstMillis),
            Duration.ofMillis(firstMillis + moreMillis));
    double bound =
        Math.min(firstMillis * Math.pow(2, failures - 1), firstMillis + moreMillis) * 1e6;
    long wait = backoff.waitNanos(failures, new Random(seed));
    assertTrue(wait >= 0 && wait <= bound, wait + " of " + bound);
  }

  /// Full jitter: waits are spread over the whole of the bound.
  @Example
  void waits_areSpreadEvenly() {
    Backoff backoff =
        new Backoff(Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ofSeconds(10));
    Random random = new Random(1);
    double sum = 0;
    for (int i = 0; i < 10_000; i++) {
      sum += backoff.waitNanos(3, random);
    }
    assertEquals(200e6, sum / 10_000, 4e6);
  }

  @Example
  void waitsOutOfOrder_areRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(1)));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Backoff(Duration.ofSeconds(-1), Duration.ZERO, Duration.ZERO));
  }
}
