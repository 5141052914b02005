package dev.quarry.shaping;

import java.util.OptionalInt;

/// What was provisioned for a volume besides its size, by type.
public sealed interface Provisioned {

  /// What a type holds of these figures.
  ///
  /// @throws IllegalArgumentException if the type has other figures than these
  static Provisioned of(VolumeType type, OptionalInt iops, OptionalInt throughputMibps) {
    if (type.takesIops() != iops.isPresent()
        || type.takesThroughput() != throughputMibps.isPresent()) {
      throw new IllegalArgumentException(
          "type does not have these figures type=%s iops=%s mibps=%s"
              .formatted(type, iops, throughputMibps));
    }
    return switch (type) {
      case GP2 -> new Gp2();
      case GP3 -> new Gp3(iops.getAsInt(), throughputMibps.getAsInt());
      case IO1 -> new Io1(iops.getAsInt());
      case IO2 -> new Io2(iops.getAsInt());
      case ST1 -> new St1();
      case SC1 -> new Sc1();
      case STANDARD -> new Standard();
      case UNLIMITED -> new Unlimited();
    };
  }

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
