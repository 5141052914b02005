package dev.quarry.shaping;

import java.util.Arrays;

/// The ways to limit a volume. All but [#UNLIMITED] are those of EBS.
///
/// The flags do not differ between the vintages of [Limits]. Source: EBS User Guide, "Amazon EBS
/// volume types", rows "Boot volume" and "Multi-attach"; EC2 API Reference, CreateVolume, on which
/// types take Iops and Throughput.
public enum VolumeType {
  /// General purpose, IOPS by size, with burst credits.
  GP2("gp2", Flag.BOOT),
  /// General purpose, IOPS and throughput provisioned, no credits.
  GP3("gp3", Flag.BOOT, Flag.IOPS, Flag.THROUGHPUT),
  /// Provisioned IOPS.
  IO1("io1", Flag.BOOT, Flag.IOPS, Flag.MULTI_ATTACH),
  /// Provisioned IOPS, higher limits.
  IO2("io2", Flag.BOOT, Flag.IOPS, Flag.MULTI_ATTACH),
  /// Hard disk, throughput by size, with credits of bytes.
  ST1("st1"),
  /// Cold hard disk, throughput by size, with credits of bytes.
  SC1("sc1"),
  /// The previous generation's magnetic disk.
  STANDARD("standard", Flag.BOOT),
  /// No limit at all. Not a type of EBS: for those who want the engine as fast as it goes.
  UNLIMITED("unlimited", Flag.BOOT, Flag.MULTI_ATTACH);

  private enum Flag {
    BOOT,
    IOPS,
    THROUGHPUT,
    MULTI_ATTACH
  }

  /// What EBS assumes if a request names no type (EC2 API Reference, CreateVolume, VolumeType).
  public static final VolumeType DEFAULT = GP2;

  private final String apiName;
  private final Flag[] flags;

  VolumeType(String apiName, Flag... flags) {
    this.apiName = apiName;
    this.flags = flags;
  }

  /// The type of this name, in any case of letters.
  ///
  /// @throws VolumeParameterException `UnknownVolumeType` if there is none
  public static VolumeType parse(String apiName) {
    for (VolumeType type : values()) {
      if (type.apiName.equalsIgnoreCase(apiName)) {
        return type;
      }
    }
    throw new VolumeParameterException(
        "UnknownVolumeType",
        "Unsupported volume type '%s' for volume creation.".formatted(apiName));
  }

  /// The name in the API and on the command line.
  public String apiName() {
    return apiName;
  }

  /// Whether a machine may start from such a volume.
  public boolean bootable() {
    return has(Flag.BOOT);
  }

  /// Whether IOPS may be asked for.
  public boolean takesIops() {
    return has(Flag.IOPS);
  }

  /// Whether IOPS must be asked for when a volume is created.
  public boolean needsIops() {
    return this == IO1 || this == IO2;
  }

  /// Whether throughput may be asked for.
  public boolean takesThroughput() {
    return has(Flag.THROUGHPUT);
  }

  /// Whether several clients may attach such a volume at a time.
  public boolean multiAttach() {
    return has(Flag.MULTI_ATTACH);
  }

  @Override
  public String toString() {
    return apiName;
  }

  private boolean has(Flag flag) {
    return Arrays.asList(flags).contains(flag);
  }
}
