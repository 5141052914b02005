package dev.quarry.volume;

import java.util.Locale;

/// The states of a volume (EC2 API Reference, Volume: `status`). `deleted` is not among them: a
/// volume that was deleted is not there.
public enum VolumeState {
  /// Its files are being made; nothing can be done with it yet.
  CREATING,
  /// Attached nowhere.
  AVAILABLE,
  /// Attached at least once. Never stored: after a crash nothing is attached.
  IN_USE,
  /// Being deleted; it will be gone, whatever happens.
  DELETING,
  /// What it should hold may be lost: a flush failed. It can be read while still attached, and
  /// deleted.
  ERROR;

  /// The state as EBS writes it, such as `in-use`.
  public String apiName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
