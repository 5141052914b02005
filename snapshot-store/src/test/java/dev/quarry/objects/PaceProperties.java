package dev.quarry.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class PaceProperties {

  /// Whatever is taken and when, no more than rate times time has begun, apart from the last use.
  @Property
  void uses_neverExceedTheRate(
      @ForAll @LongRange(min = 1, max = Limits.UNLIMITED) long perSecond,
      @ForAll @Size(max = 50)
          List<@IntRange(min = 0, max = ObjectStore.MAX_OBJECT_BYTES) Integer> amounts,
      @ForAll long startNanos,
      @ForAll @IntRange(min = 0, max = 2_000_000_000) int stepNanos) {
    Pace pace = new Pace(perSecond);
    double taken = 0;
    long now = startNanos;
    for (int amount : amounts) {
      long wait = pace.take(amount, now);
      assertTrue(wait >= 0);
      double elapsed = (double) (now - startNanos) + wait;
      assertTrue(taken <= elapsed / 1e9 * perSecond * (1 + 1e-9) + 1e-3, taken + " in " + elapsed);
      taken += amount;
      now += stepNanos;
    }
  }

  @Example
  void use_afterAPause_beginsAtOnce() {
    Pace pace = new Pace(1000);
    assertEquals(0, pace.take(5000, 0));
    assertEquals(5_000_000_000L, pace.take(1, 0));
    assertEquals(0, pace.take(1, 60_000_000_000L));
    assertEquals(1_000_000, pace.take(1, 60_000_000_000L));
  }
}
