package dev.quarry.shaping;

import java.util.Optional;
import java.util.OptionalInt;

/// A request to modify a volume, as it was asked for and not yet checked. What is absent stays as
/// it is, or follows from a change of type.
public record ModifyRequest(
    OptionalInt sizeGib,
    Optional<VolumeType> type,
    OptionalInt iops,
    OptionalInt throughputMibps,
    Optional<Boolean> multiAttach) {

  /// A request that asks for nothing, to build others from.
  public static ModifyRequest none() {
    return new ModifyRequest(
        OptionalInt.empty(),
        Optional.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        Optional.empty());
  }

  public ModifyRequest withSize(int gib) {
    return new ModifyRequest(OptionalInt.of(gib), type, iops, throughputMibps, multiAttach);
  }

  public ModifyRequest withType(VolumeType type) {
    return new ModifyRequest(sizeGib, Optional.of(type), iops, throughputMibps, multiAttach);
  }

  public ModifyRequest withIops(int iops) {
    return new ModifyRequest(sizeGib, type, OptionalInt.of(iops), throughputMibps, multiAttach);
  }

  public ModifyRequest withThroughput(int mibps) {
    return new ModifyRequest(sizeGib, type, iops, OptionalInt.of(mibps), multiAttach);
  }

  public ModifyRequest withMultiAttach(boolean shared) {
    return new ModifyRequest(sizeGib, type, iops, throughputMibps, Optional.of(shared));
  }

  boolean isEmpty() {
    return sizeGib.isEmpty()
        && type.isEmpty()
        && iops.isEmpty()
        && throughputMibps.isEmpty()
        && multiAttach.isEmpty();
  }
}
