package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class HydrationOrderProperties {
  @Property(tries = 100)
  void order_ofAnyHints_givesEveryWantedChunkOnce(
      @ForAll long seed, @ForAll @IntRange(max = 2000) int chunkCount) {
    Random random = new Random(seed);
    byte[] heat = new byte[random.nextInt(600)];
    random.nextBytes(heat);
    List<Long> trace = random.longs(random.nextInt(50), 0, 3000).boxed().toList();
    HydrationOrder order = new HydrationOrder(chunkCount, new Hints(heat, trace));
    Set<Long> missing =
        new HashSet<>(LongStream.range(0, chunkCount).filter(c -> c % 3 != 0).boxed().toList());
    for (long chunk = order.next(missing::contains);
        chunk != HydrationOrder.DONE;
        chunk = order.next(missing::contains)) {
      assertTrue(missing.remove(chunk), "twice, or not wanted: " + chunk);
      if (random.nextInt(5) == 0) {
        order.demand(random.nextInt(3000) - 100);
      }
    }
    assertEquals(Set.of(), missing);
  }

  @Example
  void order_withAllHints_followsDemandThenTraceThenHeatThenPlace() {
    byte[] heat = {
      (byte) 0b00_01_00_11, (byte) 0b00_00_10_00
    }; // chunk 0: 3, chunk 2: 1, chunk 5: 2
    HydrationOrder order = new HydrationOrder(8, new Hints(heat, List.of(7L, 1L)));
    Set<Long> missing = new HashSet<>(LongStream.range(0, 8).boxed().toList());
    List<Long> given = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      if (i == 1) {
        order.demand(4);
      }
      long chunk = order.next(missing::contains);
      missing.remove(chunk);
      given.add(chunk);
    }
    assertEquals(List.of(7L, 4L, 1L, 0L, 5L, 2L, 3L, 6L), given);
    assertEquals(HydrationOrder.DONE, order.next(missing::contains));
  }
}
