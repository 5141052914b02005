package dev.quarry.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.BitSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BlockMaskProperties {

  @Property
  void range_anyBounds_holdsExactlyThose(
      @ForAll @IntRange(max = 127) int a, @ForAll @IntRange(max = 127) int b) {
    int first = Math.min(a, b);
    int last = Math.max(a, b);
    BlockMask mask = BlockMask.range(first, last);
    for (int block = 0; block < 128; block++) {
      assertEquals(block >= first && block <= last, mask.contains(block));
    }
    assertEquals(last - first + 1, mask.count());
  }

  @Property
  void operations_anyMasks_agreeWithBitSet(
      @ForAll long low, @ForAll long high, @ForAll long otherLow, @ForAll long otherHigh) {
    BlockMask mask = new BlockMask(low, high);
    BlockMask other = new BlockMask(otherLow, otherHigh);
    BitSet bits = bits(mask);
    BitSet either = bits(mask);
    either.or(bits(other));
    BitSet without = bits(mask);
    without.andNot(bits(other));
    BitSet missing = bits(other);
    missing.andNot(bits);

    assertEquals(either, bits(mask.or(other)));
    assertEquals(without, bits(mask.without(other)));
    assertEquals(missing.isEmpty(), mask.containsAll(other));
    assertEquals(bits.isEmpty(), mask.isEmpty());
    assertEquals(bits.cardinality(), mask.count());
  }

  @Property
  void next_anyMask_walksAllRuns(@ForAll long low, @ForAll long high) {
    BlockMask mask = new BlockMask(low, high);
    BitSet walked = new BitSet();
    for (int from = mask.next(0); from < 128; ) {
      int to = mask.nextAbsent(from);
      walked.set(from, to);
      from = mask.next(to);
    }
    assertEquals(bits(mask), walked);
  }

  private static BitSet bits(BlockMask mask) {
    return BitSet.valueOf(new long[] {mask.low(), mask.high()});
  }
}
