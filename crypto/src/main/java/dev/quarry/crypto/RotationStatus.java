package dev.quarry.crypto;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// How a key is rotated.
///
/// @param schedule the automatic rotation, if it is on
/// @param rotations the rotations so far, oldest first
/// @param onDemandLeft how many more times it may be rotated on demand
public record RotationStatus(
    Optional<RotationSchedule> schedule, List<Rotation> rotations, int onDemandLeft) {

  public RotationStatus {
    rotations = List.copyOf(rotations);
  }

  /// A rotation that took place.
  ///
  /// @param materialNumber the number of the material that has encrypted since
  /// @param at when
  public record Rotation(int materialNumber, Instant at) {}
}
