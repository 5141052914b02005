package dev.quarry.shaping;

import java.util.OptionalInt;

/// What was provisioned for a volume besides its size, by type.
public sealed interface Provisioned {

  VolumeType type();

  /// The IOPS provisioned, if the type takes any.
  default OptionalInt iops() {
    return OptionalInt.empty();
  }

  /// The throughput provisioned in MiB/s, if the type takes any.
  default OptionalInt throughputMibps() {
    return OptionalInt.empty();
  }

  record Gp2() implements Provisioned {
    @Override
    public VolumeType type() {
      return VolumeType.GP2;
    }
  }

  /// @param provisionedIops IOPS
  /// @param provisionedMibps throughput in MiB/s
  record Gp3(int provisionedIops, int provisionedMibps) implements Provisioned {
    public Gp3 {
      positive(provisionedIops);
      positive(provisionedMibps);
    }

    @Override
    public VolumeType type() {
      return VolumeType.GP3;
    }

    @Override
    public OptionalInt iops() {
      return OptionalInt.of(provisionedIops);
    }

    @Override
    public OptionalInt throughputMibps() {
      return OptionalInt.of(provisionedMibps);
    }
  }

  record Io1(int provisionedIops) implements Provisioned {
    public Io1 {
      positive(provisionedIops);
    }

    @Override
    public VolumeType type() {
      return VolumeType.IO1;
    }

    @Override
    public OptionalInt iops() {
      return OptionalInt.of(provisionedIops);
    }
  }

  record Io2(int provisionedIops) implements Provisioned {
    public Io2 {
      positive(provisionedIops);
    }

    @Override
    public VolumeType type() {
      return VolumeType.IO2;
    }

    @Override
    public OptionalInt iops() {
      return OptionalInt.of(provisionedIops);
    }
  }

  record St1() implements Provisioned {
    @Override
    public VolumeType type() {
      return VolumeType.ST1;
    }
  }

  record Sc1() implements Provisioned {
    @Override
    public VolumeType type() {
      return VolumeType.SC1;
    }
  }

  record Standard() implements Provisioned {
    @Override
    public VolumeType type() {
      return VolumeType.STANDARD;
    }
  }

  record Unlimited() implements Provisioned {
    @Override
    public VolumeType type() {
      return VolumeType.UNLIMITED;
    }
  }

  private static void positive(int figure) {
    if (figure <= 0) {
      throw new IllegalArgumentException("provisioned figure not positive figure=" + figure);
    }
  }
}
