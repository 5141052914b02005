package dev.quarry.snapshot;

import dev.quarry.volume.VolumeId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A snapshot as users see it, in the words of EBS (Amazon EC2 API reference, "Snapshot").
///
/// @param id its name
/// @param volume the lineage it belongs to
/// @param seq its number there
/// @param state how far it is
/// @param statusMessage why it failed, if it did
/// @param progressPercent 0 to 100
/// @param startTime its instant
/// @param completionTime when it was complete; in the recycle bin, when it came there
/// @param binExitTime for one in the recycle bin, when it is deleted for good
/// @param lock what protects it from being deleted, or did until it ended
/// @param volumeSizeBytes the size of the volume
/// @param fullSnapshotSizeInBytes the size of a full copy: of all chunks that have data
/// @param storedBytes what was uploaded for it
/// @param encrypted whether it is
/// @param dataKey which data key; equal for all snapshots of one lineage
/// @param description what its maker said of it; empty in lists
/// @param tags what its maker tagged it with; empty in lists
/// @param attributes what else was kept of the volume; empty in lists
public record SnapshotInfo(
    SnapshotId id,
    UUID volume,
    long seq,
    State state,
    String statusMessage,
    int progressPercent,
    Instant startTime,
    Optional<Instant> completionTime,
    Optional<Instant> binExitTime,
    Optional<SnapshotLock> lock,
    long volumeSizeBytes,
    long fullSnapshotSizeInBytes,
    long storedBytes,
    boolean encrypted,
    Bits128 dataKey,
    String description,
    Map<String, String> tags,
    Map<String, String> attributes) {

  /// The states of EBS.
  public enum State {
    /// Being made.
    PENDING,
    /// There.
    COMPLETED,
    /// Failed; nothing is there.
    ERROR,
    /// In the recycle bin.
    RECOVERABLE
  }

  /// The volume it is of; nothing if it was imported.
  public Optional<VolumeId> volumeId() {
    return Lineages.volumeOf(volume);
  }

  public SnapshotInfo {
    tags = Map.copyOf(tags);
    attributes = Map.copyOf(attributes);
  }
}
