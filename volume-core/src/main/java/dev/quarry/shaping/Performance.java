package dev.quarry.shaping;

import java.util.OptionalLong;

/// The figures a volume is held to. Throughput is bytes a second.
public sealed interface Performance {

  /// I/Os a second that it has always; empty if there is no limit.
  OptionalLong baselineIops();

  /// I/Os a second that it has at best; empty if there is no limit.
  OptionalLong burstIops();

  /// Bytes a second that it has always; empty if there is no limit.
  OptionalLong baselineBytesPerSecond();

  /// Bytes a second that it has at best; empty if there is no limit.
  OptionalLong burstBytesPerSecond();

  /// No limit.
  record Unshaped() implements Performance {
    @Override
    public OptionalLong baselineIops() {
      return OptionalLong.empty();
    }

    @Override
    public OptionalLong burstIops() {
      return OptionalLong.empty();
    }

    @Override
    public OptionalLong baselineBytesPerSecond() {
      return OptionalLong.empty();
    }

    @Override
    public OptionalLong burstBytesPerSecond() {
      return OptionalLong.empty();
    }
  }

  /// The same at all times: gp3, io1, io2, standard.
  record Steady(long iops, long bytesPerSecond) implements Performance {
    public Steady {
      positive(iops);
      positive(bytesPerSecond);
    }

    @Override
    public OptionalLong baselineIops() {
      return OptionalLong.of(iops);
    }

    @Override
    public OptionalLong burstIops() {
      return OptionalLong.of(iops);
    }

    @Override
    public OptionalLong baselineBytesPerSecond() {
      return OptionalLong.of(bytesPerSecond);
    }

    @Override
    public OptionalLong burstBytesPerSecond() {
      return OptionalLong.of(bytesPerSecond);
    }
  }

  /// Credits of I/Os: gp2.
  ///
  /// @param baseline credits earned a second
  /// @param burst the most I/Os a second; equal to the baseline if credits are not needed
  /// @param creditCapacity the most credits
  /// @param bytesPerSecond throughput while credits remain
  /// @param spentBytesPerSecond throughput without credits
  record IoBurst(
      long baseline, long burst, long creditCapacity, long bytesPerSecond, long spentBytesPerSecond)
      implements Performance {
    public IoBurst {
      positive(baseline);
      notBelow(burst, baseline);
      positive(creditCapacity);
      positive(bytesPerSecond);
      positive(spentBytesPerSecond);
    }

    @Override
    public OptionalLong baselineIops() {
      return OptionalLong.of(baseline);
    }

    @Override
    public OptionalLong burstIops() {
      return OptionalLong.of(burst);
    }

    @Override
    public OptionalLong baselineBytesPerSecond() {
      return OptionalLong.of(spentBytesPerSecond);
    }

    @Override
    public OptionalLong burstBytesPerSecond() {
      return OptionalLong.of(bytesPerSecond);
    }
  }

  /// Credits of bytes: st1, sc1.
  ///
  /// @param base credits earned a second
  /// @param burst the most throughput; equal to the base if credits are not needed
  /// @param creditCapacityBytes the most credits
  /// @param iops the most I/Os a second
  record ByteBurst(long base, long burst, long creditCapacityBytes, long iops)
      implements Performance {
    public ByteBurst {
      positive(base);
      notBelow(burst, base);
      positive(creditCapacityBytes);
      positive(iops);
    }

    @Override
    public OptionalLong baselineIops() {
      return OptionalLong.of(iops);
    }

    @Override
    public OptionalLong burstIops() {
      return OptionalLong.of(iops);
    }

    @Override
    public OptionalLong baselineBytesPerSecond() {
      return OptionalLong.of(base);
    }

    @Override
    public OptionalLong burstBytesPerSecond() {
      return OptionalLong.of(burst);
    }
  }

  private static void notBelow(long burst, long baseline) {
    if (burst < baseline) {
      throw new IllegalArgumentException(
          "burst below its baseline burst=" + burst + " baseline=" + baseline);
    }
  }

  private static void positive(long figure) {
    if (figure <= 0) {
      throw new IllegalArgumentException("performance figure not positive figure=" + figure);
    }
  }
}
