package dev.quarry.shaping;

/// A volume as far as its limits go: how large, what was provisioned, whether shared.
///
/// A spec by itself promises only that it is well formed; that a vintage of EBS allows it, checks
/// [CreationRules].
///
/// @param sizeGib the size in GiB, at least 1. A volume whose size is no whole number of GiB counts
///   as the next larger one.
/// @param provisioned what was provisioned
/// @param multiAttach whether several clients may attach it at a time
public record VolumeSpec(int sizeGib, Provisioned provisioned, boolean multiAttach) {

  public VolumeSpec {
    if (sizeGib < 1) {
      throw new IllegalArgumentException("volume size not positive gib=" + sizeGib);
    }
    if (multiAttach && !provisioned.type().multiAttach()) {
      throw new IllegalArgumentException("type cannot be shared type=" + provisioned.type());
    }
  }

  public VolumeType type() {
    return provisioned.type();
  }
}
