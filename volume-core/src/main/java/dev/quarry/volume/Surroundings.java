package dev.quarry.volume;

import dev.quarry.shaping.Modification;
import dev.quarry.shaping.ModificationRules;
import dev.quarry.shaping.ModifyRequest;
import dev.quarry.shaping.VolumeParameterException;
import dev.quarry.shaping.VolumeSpec;
import java.time.Instant;

/// What the volumes of a catalogue have in common.
///
/// @param host the computer they are on
/// @param settings what they are held to
/// @param keys their data keys
record Surroundings(Host host, CatalogueSettings settings, VolumeKeys keys) {

  static Surroundings of(Host host, CatalogueSettings settings) {
    return new Surroundings(host, settings, new VolumeKeys(settings.keys()));
  }

  Instant now() {
    return host.clock().instant();
  }

  /// The snapshots that volumes are made from.
  SnapshotOrigins origins() {
    return settings
        .origins()
        .orElseThrow(
            () -> ControlException.Conflict.incorrectState("This catalogue has no snapshots."));
  }

  Shaping shaping(VolumeRecord record) {
    return Shaping.of(record, settings.limits(), host);
  }

  /// What a volume is after a modification.
  ///
  /// @throws ControlException if it may not be modified so, or not now
  VolumeSpec target(VolumeRecord record, boolean attached, ModifyRequest asked) {
    try {
      record.lastModification().ifPresent(last -> last.checkFinished(record.id().text()));
      VolumeSpec target =
          new ModificationRules(settings.limits())
              .target(record.spec(), new ModificationRules.Use(attached, false), asked);
      settings
          .modificationRate()
          .check(record.modifications().stream().map(Modification::start).toList(), now());
      return target;
    } catch (VolumeParameterException e) {
      throw ControlException.of(e);
    }
  }
}
