package dev.quarry.shaping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

final class IoCostProperties {
  private static final long SECTOR = 512;

  @Provide
  Arbitrary<IoCost> media() {
    return Arbitraries.of(IoCost.SOLID_STATE, IoCost.HARD_DISK);
  }

  /// Lengths of pieces in eighths of a unit and more.
  @Provide
  Arbitrary<List<Long>> mergeable() {
    return Arbitraries.longs().between(256, 9_000).list().ofMinSize(1).ofMaxSize(30);
  }

  @Provide
  Arbitrary<List<Long>> anyLengths() {
    return Arbitraries.oneOf(
            Arbitraries.longs().between(1, 300), Arbitraries.longs().between(1, 9_000))
        .list()
        .ofMinSize(1)
        .ofMaxSize(30);
  }

  /// However a sequential run is cut into pieces that merge, it costs the same as in one piece.
  @Property
  void cuttingARun_intoPiecesThatMerge_costsTheSame(
      @ForAll("media") IoCost cost,
      @ForAll("mergeable") List<Long> pieces,
      @ForAll @LongRange(max = 1L << 36) long start,
      @ForAll boolean write) {
    long total = pieces.stream().mapToLong(Long::longValue).sum();
    long[] cut = cost(cost, pieces, start, write);
    long[] whole = cost(cost, List.of(total), start, write);
    assertEquals(whole[0], cut[0], "operations");
    assertEquals(whole[1], cut[1], "sectors");
  }

  /// Cut in any way, it costs no less.
  @Property
  void cuttingARun_inAnyWay_costsNoLess(
      @ForAll("media") IoCost cost,
      @ForAll("anyLengths") List<Long> pieces,
      @ForAll @LongRange(max = 1L << 36) long start,
      @ForAll boolean write) {
    long total = pieces.stream().mapToLong(Long::longValue).sum();
    long[] cut = cost(cost, pieces, start, write);
    long[] whole = cost(cost, List.of(total), start, write);
    assertTrue(cut[0] >= whole[0], () -> cut[0] + " operations < " + whole[0]);
    assertTrue(cut[1] >= whole[1], () -> cut[1] + " sectors < " + whole[1]);
  }

  private static long[] cost(IoCost cost, List<Long> sectors, long start, boolean write) {
    long window = IoCost.NO_WINDOW;
    long offset = start * SECTOR;
    long[] sum = new long[2];
    for (long count : sectors) {
      sum[0] += cost.operations(window, write, offset, count * SECTOR);
      sum[1] += cost.sectors(window, write, offset, count * SECTOR);
      window = cost.next(window, write, offset, count * SECTOR);
      offset += count * SECTOR;
    }
    return sum;
  }
}
