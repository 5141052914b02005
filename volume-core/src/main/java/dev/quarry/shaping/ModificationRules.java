package dev.quarry.shaping;

import static dev.quarry.shaping.VolumeParameterException.invalidCombination;
import static dev.quarry.shaping.VolumeParameterException.invalidValue;

import java.util.OptionalInt;

/// What a modification of a volume results in. Pure: the same request on the same volume gives the
/// same answer. How often a volume may be modified is the business of [ModificationRate].
///
/// Sources: EBS User Guide, "Modify a volume using Elastic Volumes", limitations and considerations
/// (2026); EC2 User Guide of June 2023, "Requirements when modifying volumes"; EC2 API Reference,
/// ModifyVolume, for what an absent parameter means.
public final class ModificationRules {
  private final Limits limits;

  public ModificationRules(Limits limits) {
    this.limits = limits;
  }

  /// How a volume is used when it is modified.
  ///
  /// @param attached whether some client has it attached
  /// @param boot whether a machine starts from it
  public record Use(boolean attached, boolean boot) {}

  /// The volume as it will be.
  ///
  /// @throws VolumeParameterException if the request may not be granted
  public VolumeSpec target(VolumeSpec current, Use use, ModifyRequest request) {
    if (request.isEmpty()) {
      throw invalidValue(
          "Invalid input: Must specify at least one of size, type, iops, throughput or"
              + " multi-attach.");
    }
    VolumeType type = request.type().orElse(current.type());
    checkShared(current, use, request, type);
    if (use.boot() && !type.bootable()) {
      throw invalidCombination("A boot volume cannot be modified to %s.", type);
    }
    if (request.sizeGib().isPresent() && request.sizeGib().getAsInt() < current.sizeGib()) {
      throw invalidValue("New size cannot be smaller than existing size");
    }
    return limits.check(
        new VolumeRequest(
            OptionalInt.of(request.sizeGib().orElse(current.sizeGib())),
            type,
            iops(current, request, type),
            throughput(current, request, type),
            request.multiAttach().orElse(current.multiAttach())));
  }

  /// Multi-Attach: io1 cannot be modified at all; io2 can change size and IOPS, not its type, and
  /// can gain or lose the feature only while detached (EBS User Guide, "Multi-Attach").
  private static void checkShared(
      VolumeSpec current, Use use, ModifyRequest request, VolumeType type) {
    if (current.multiAttach() && current.type() == VolumeType.IO1) {
      throw invalidValue(
          "io1 volumes with Multi-Attach enabled do not support modify-volume actions. Please"
              + " review the EBS technical documentation for information on the Multi-Attach"
              + " limitations and considerations.");
    }
    if (current.multiAttach() && type != current.type()) {
      throw invalidCombination(
          "The type of %s volumes with Multi-Attach enabled cannot be modified.", current.type());
    }
    boolean toggles = request.multiAttach().orElse(current.multiAttach()) != current.multiAttach();
    if (toggles && current.type() == VolumeType.IO1) {
      throw invalidCombination("Multi-Attach cannot be modified for io1 volumes.");
    }
    if (toggles && use.attached()) {
      throw new VolumeParameterException(
          "IncorrectState", "Multi-Attach can be modified only while the volume is detached.");
    }
  }

  private OptionalInt iops(VolumeSpec current, ModifyRequest request, VolumeType type) {
    if (request.iops().isPresent() || !type.takesIops()) {
      return request.iops();
    }
    if (type == current.type()) {
      return current.provisioned().iops();
    }
    int included = limits.gp3().baselineIops();
    if (type == VolumeType.GP3 && current.type() == VolumeType.GP2) {
      return OptionalInt.of(Math.max(included, limits.gp2().baselineIops(current.sizeGib())));
    }
    return OptionalInt.of(included); // 3,000 for io1 and io2 as well
  }

  private OptionalInt throughput(VolumeSpec current, ModifyRequest request, VolumeType type) {
    if (request.throughputMibps().isPresent() || type != VolumeType.GP3) {
      return request.throughputMibps();
    }
    return switch (current.provisioned()) {
      case Provisioned.Gp3 figures -> figures.throughputMibps();
      case Provisioned.Gp2() ->
          OptionalInt.of(
              Math.max(
                  limits.gp3().baselineMibps(), limits.gp2().throughputMibps(current.sizeGib())));
      case Provisioned.Io1 _,
          Provisioned.Io2 _,
          Provisioned.St1 _,
          Provisioned.Sc1 _,
          Provisioned.Standard _,
          Provisioned.Unlimited _ ->
          OptionalInt.of(limits.gp3().baselineMibps());
    };
  }
}
