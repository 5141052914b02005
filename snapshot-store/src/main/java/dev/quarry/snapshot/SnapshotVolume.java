package dev.quarry.snapshot;

import dev.quarry.volume.VolumeData;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// An open volume, as [VolumeSnapshots] needs it. Whoever keeps volumes implements it.
///
/// Safe for use by many threads.
public interface SnapshotVolume {
  /// The lineage its snapshots belong to; see [Lineages].
  UUID lineage();

  /// Its data.
  VolumeData data();

  /// The snapshot that the next one builds on; nothing if there is none.
  Optional<ParentSnapshot> parent();

  /// Remembers, durably and instead of an earlier one, the snapshot that the next one builds on;
  /// nothing, so that the next one is full.
  ///
  /// @throws RuntimeException if that cannot be stored; the earlier one stays good
  void rememberParent(Optional<ParentSnapshot> parent);

  /// What a snapshot keeps of it for those who make a volume of it, such as its type and its key.
  Map<String, String> attributes();

  /// How it was used.
  Hints hints();

  /// How many of its snapshots may be pending at a time.
  int maxPending();
}
