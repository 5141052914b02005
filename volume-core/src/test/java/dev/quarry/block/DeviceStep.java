package dev.quarry.block;

import dev.quarry.disk.Crash;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/// One thing done to a device in a [DeviceModelSuite] sequence.
public sealed interface DeviceStep {

  /// A range and bytes to write, or how to read it.
  record Range(long offset, int length) {
    long end() {
      return offset + length;
    }
  }

  record Read(Range range, boolean onHeap, boolean attempt) implements DeviceStep {}

  record Write(Range range, long seed, boolean onHeap, boolean forced) implements DeviceStep {}

  record TryWrite(Range range, long seed) implements DeviceStep {}

  record Zero(Range range, ZeroMode mode, boolean forced) implements DeviceStep {}

  record Trim(Range range, boolean forced) implements DeviceStep {}

  record Extents(Range range, int limit) implements DeviceStep {}

  record Flush() implements DeviceStep {}

  record Reopen() implements DeviceStep {}

  record Freeze() implements DeviceStep {}

  record CheckFrozen(boolean close) implements DeviceStep {}

  record CrashAfter(int steps, Crash crash) implements DeviceStep {}

  /// Sequences of steps on a device of a size.
  static Arbitrary<List<DeviceStep>> sequences(long sizeBytes) {
    Arbitrary<Range> ranges = ranges(sizeBytes);
    Arbitrary<Long> seeds = Arbitraries.longs();
    Arbitrary<Boolean> either = Arbitraries.of(true, false);
    Arbitrary<Boolean> seldom = Arbitraries.integers().between(0, 4).map(i -> i == 0);
    Arbitrary<DeviceStep> writes =
        Combinators.combine(ranges, seeds, either, seldom).as(Write::new);
    Arbitrary<DeviceStep> crashes =
        Combinators.combine(Arbitraries.integers().between(0, 30), Arbitraries.of(Crash.class))
            .as(CrashAfter::new);
    Arbitrary<DeviceStep> step =
        Arbitraries.frequencyOf(
            Tuple.of(8, writes),
            Tuple.of(3, Combinators.combine(ranges, either, either).as(Read::new)),
            Tuple.of(3, Combinators.combine(ranges, seeds).as(TryWrite::new)),
            Tuple.of(
                2,
                Combinators.combine(ranges, Arbitraries.of(ZeroMode.class), seldom).as(Zero::new)),
            Tuple.of(2, Combinators.combine(ranges, seldom).as(Trim::new)),
            Tuple.of(
                1,
                Combinators.combine(ranges, Arbitraries.integers().between(1, 5)).as(Extents::new)),
            Tuple.of(2, Arbitraries.create(Flush::new)),
            Tuple.of(1, Arbitraries.create(Reopen::new)),
            Tuple.of(1, Arbitraries.create(Freeze::new)),
            Tuple.of(1, either.map(CheckFrozen::new)),
            Tuple.of(2, crashes));
    return step.list().ofMinSize(1).ofMaxSize(40);
  }

  /// Ranges inside the device: of any alignment, and more often of those that matter.
  private static Arbitrary<Range> ranges(long sizeBytes) {
    Arbitrary<Integer> grains = Arbitraries.of(1, 512, 4096, 4096, 65536);
    Arbitrary<Integer> lengths =
        Arbitraries.oneOf(
            Arbitraries.integers().between(0, 9000),
            Arbitraries.of(1, 512, 4096, 4096, 8192, 16384, 65536),
            Arbitraries.integers().between(0, (int) sizeBytes));
    return Combinators.combine(Arbitraries.longs().between(0, sizeBytes), grains, lengths)
        .as((position, grain, length) -> {
          long offset = position / grain * grain;
          return new Range(offset, (int) Math.min(length, sizeBytes - offset));
        });
  }
}
