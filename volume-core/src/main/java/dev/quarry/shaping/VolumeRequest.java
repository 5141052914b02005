package dev.quarry.shaping;

import java.util.OptionalInt;

/// A request to create a volume, as it was asked for and not yet checked.
///
/// @param sizeGib the size in GiB; a caller that restores a snapshot puts the snapshot's size here
///   if none was asked for
/// @param type the type
/// @param iops IOPS asked for
/// @param throughputMibps throughput asked for, in MiB/s
/// @param multiAttach whether several clients are to attach it at a time
public record VolumeRequest(
    OptionalInt sizeGib,
    VolumeType type,
    OptionalInt iops,
    OptionalInt throughputMibps,
    boolean multiAttach) {

  /// A request for a type at a size, with nothing provisioned.
  public static VolumeRequest of(VolumeType type, int sizeGib) {
    return new VolumeRequest(
        OptionalInt.of(sizeGib), type, OptionalInt.empty(), OptionalInt.empty(), false);
  }

  public VolumeRequest withIops(int iops) {
    return new VolumeRequest(sizeGib, type, OptionalInt.of(iops), throughputMibps, multiAttach);
  }

  public VolumeRequest withThroughput(int mibps) {
    return new VolumeRequest(sizeGib, type, iops, OptionalInt.of(mibps), multiAttach);
  }

  public VolumeRequest shared() {
    return new VolumeRequest(sizeGib, type, iops, throughputMibps, true);
  }
}
