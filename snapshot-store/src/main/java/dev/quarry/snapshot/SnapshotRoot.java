package dev.quarry.snapshot;

import dev.quarry.volume.ChunkLayout;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// What a snapshot is, apart from the bytes of its volume: everything that is needed to restore it
/// hangs from here.
///
/// @param about what it is of
/// @param parent the snapshot whose frames it may use, if it is incremental
/// @param keyRing the keys that its packs are sealed under
/// @param top the top page, absent if all chunks are holes
/// @param manifestPacks the packs that hold its pages, each with the length of those in bytes
/// @param ownPacks the packs that were written for it
/// @param counts what it took
/// @param heat frames that tell how warm each chunk was, in the order of chunks
/// @param trace the frame that tells which chunks were read first after an attach
record SnapshotRoot(
    About about,
    Optional<Parent> parent,
    List<Bits128> keyRing,
    Optional<PageRef> top,
    SortedMap<PackRef, Long> manifestPacks,
    List<PackRun> ownPacks,
    Counts counts,
    List<FrameRef> heat,
    Optional<FrameRef> trace) {

  /// What a snapshot is of.
  ///
  /// @param volume the lineage it belongs to
  /// @param seq its number there
  /// @param id the name users know it by
  /// @param sizeBytes the size of the volume
  /// @param cutEpoch the epoch of the volume that ended at its instant
  /// @param startMillis the instant, in milliseconds since 1970
  /// @param description what its maker said of it
  /// @param tags what its maker tagged it with
  /// @param attributes what else is to be kept of the volume for those who restore it
  /// @param group the snapshots of other volumes that were taken at the same instant
  record About(
      UUID volume,
      long seq,
      SnapshotId id,
      long sizeBytes,
      long cutEpoch,
      long startMillis,
      String description,
      Map<String, String> tags,
      Map<String, String> attributes,
      Optional<UUID> group) {
    public About {
      tags = Map.copyOf(tags);
      attributes = Map.copyOf(attributes);
    }
  }

  /// The snapshot that another one builds on.
  ///
  /// @param volume its lineage; another than the snapshot's own if that is a clone's first
  /// @param seq its number there
  /// @param rootMac the MAC of its root
  record Parent(UUID volume, long seq, Mac rootMac) {}

  /// Packs with ascending numbers, of one attempt.
  record PackRun(PackKind kind, long attempt, int first, int count) {}

  /// What a snapshot took.
  ///
  /// @param dataChunks chunks that have data, in the whole volume
  /// @param writtenChunks chunks that changed since the parent
  /// @param plainBytes bytes of frames before compression
  /// @param storedBytes bytes of packs
  record Counts(long dataChunks, long writtenChunks, long plainBytes, long storedBytes) {}

  /// By the name they are stored under, so that a root has one way to be written.
  static SortedMap<PackRef, Long> packMap() {
    return new TreeMap<>(Comparator.comparing(ref -> ref.stored().objectName()));
  }

  /// The size of a full copy, as EBS reports it: all chunks that have data.
  long fullSizeBytes() {
    return Math.min(about.sizeBytes, counts.dataChunks * ChunkLayout.CHUNK_BYTES);
  }
}
