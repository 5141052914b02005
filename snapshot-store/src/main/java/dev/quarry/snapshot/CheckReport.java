package dev.quarry.snapshot;

import java.util.List;

/// What a check of a store found.
///
/// @param lineages how many were looked at
/// @param packs how many packs have to be there
/// @param packBytes how long those are together
/// @param readBytes how much of them was read
/// @param damages what is wrong, and was not repaired, by lineages
/// @param repaired objects that were put back, if that was asked for
/// @param damaged snapshots that cannot be restored whole
/// @param intact snapshots that can, as far as it was looked
public record CheckReport(
    int lineages,
    long packs,
    long packBytes,
    long readBytes,
    List<Damage> damages,
    List<String> repaired,
    List<SnapshotId> damaged,
    List<SnapshotId> intact) {
  public CheckReport {
    damages = List.copyOf(damages);
    repaired = List.copyOf(repaired);
    damaged = List.copyOf(damaged);
    intact = List.copyOf(intact);
  }

  /// Something that is wrong in the store.
  ///
  /// @param object which object, or which lineage's folder
  /// @param what is wrong with it
  /// @param snapshots that cannot be restored whole because of it
  public record Damage(String object, String what, List<SnapshotId> snapshots) {
    public Damage {
      snapshots = List.copyOf(snapshots);
    }
  }

  /// Whether nothing is wrong.
  public boolean isClean() {
    return damages.isEmpty();
  }
}
