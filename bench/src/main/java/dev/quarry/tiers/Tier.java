package dev.quarry.tiers;

import dev.quarry.cli.ByteSize;
import dev.quarry.shaping.Limits;
import dev.quarry.shaping.Performance;
import dev.quarry.shaping.Provisioned;
import dev.quarry.shaping.VolumeRequest;
import dev.quarry.shaping.VolumeSpec;
import dev.quarry.shaping.VolumeType;
import java.util.ArrayList;
import java.util.List;

/// A volume as one would buy it: type, size, and what is provisioned.
///
/// @param spec checked against the limits
/// @param performance what it is held to
public record Tier(VolumeSpec spec, Performance performance) {
  private static final Provisioned GP3_AS_IT_COMES = new Provisioned.Gp3(3_000, 125);

  /// Reads `gp3:100GiB,iops=6000,throughput=250`.
  ///
  /// @throws IllegalArgumentException if it is not written so
  /// @throws dev.quarry.shaping.VolumeParameterException if EBS has no such volume
  public static Tier parse(String text, Limits limits) {
    String[] parts = text.split(",");
    String[] kind = parts[0].split(":", -1);
    if (kind.length != 2) {
      throw notATier(text);
    }
    long gib = Math.ceilDiv(ByteSize.parse(kind[1]).bytes(), 1L << 30);
    VolumeType type = VolumeType.parse(kind[0].strip());
    VolumeRequest asked =
        VolumeRequest.of(type, (int) Math.min(Math.max(gib, 1), Integer.MAX_VALUE));
    for (int i = 1; i < parts.length; i++) {
      String[] pair = parts[i].strip().split("=", -1);
      if (pair.length != 2 || !pair[1].matches("\\d{1,9}")) {
        throw notATier(text);
      }
      int figure = Integer.parseInt(pair[1]);
      asked =
          switch (pair[0]) {
            case "iops" -> asked.withIops(figure);
            case "throughput" -> asked.withThroughput(figure);
            default -> throw notATier(text);
          };
    }
    return of(asked, limits);
  }

  static Tier of(VolumeRequest asked, Limits limits) {
    VolumeSpec spec = limits.check(asked);
    return new Tier(spec, limits.performance(spec));
  }

  private static IllegalArgumentException notATier(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is not a tier; write one like gp3:100GiB,iops=6000,throughput=250");
  }

  /// What to compare if nobody says: each type at the size that is needed, gp3 and the types with
  /// provisioned IOPS also with twice gp3's own IOPS.
  public static List<Tier> usual(int sizeGib, Limits limits) {
    int more = 6_000;
    List<Tier> tiers = new ArrayList<>();
    if (sizeGib <= limits.gp2().size().maxGib()) {
      tiers.add(of(VolumeRequest.of(VolumeType.GP2, sizeGib), limits));
    }
    tiers.add(of(VolumeRequest.of(VolumeType.GP3, sizeGib), limits));
    if ((long) limits.gp3().maxIopsPerGib() * sizeGib >= more) {
      tiers.add(
          of(VolumeRequest.of(VolumeType.GP3, sizeGib).withIops(more).withThroughput(500), limits));
    }
    if (sizeGib >= limits.io2().size().minGib()) {
      int iops = (int) Math.min(more, (long) limits.io2().maxIopsPerGib() * sizeGib);
      tiers.add(of(VolumeRequest.of(VolumeType.IO2, sizeGib).withIops(iops), limits));
    }
    if (sizeGib <= limits.st1().size().maxGib()) {
      int diskGib = Math.max(sizeGib, limits.st1().size().minGib());
      tiers.add(of(VolumeRequest.of(VolumeType.ST1, diskGib), limits));
      tiers.add(of(VolumeRequest.of(VolumeType.SC1, diskGib), limits));
    }
    return tiers;
  }

  VolumeType type() {
    return spec.type();
  }

  long sizeBytes() {
    return (long) spec.sizeGib() << 30;
  }

  /// As it is written on the command line.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(type()).append(':').append(new ByteSize(sizeBytes()).toString().replace(" ", ""));
    if (!spec.provisioned().equals(GP3_AS_IT_COMES)) {
      spec.provisioned().iops().ifPresent(iops -> text.append(",iops=").append(iops));
      spec.provisioned()
          .throughputMibps()
          .ifPresent(mibps -> text.append(",throughput=").append(mibps));
    }
    return text.toString();
  }
}
