package dev.quarry.snapshot;

import dev.quarry.objects.ObjectStore.Entry;
import dev.quarry.snapshot.SnapshotState.Phase;
import java.util.List;

/// What a lineage's snapshots take in the store, or those of several lineages.
///
/// @param lineages how many have anything there
/// @param snapshots completed ones, those in the recycle bin not counted
/// @param binned those in the recycle bin
/// @param pending being made
/// @param waiting deleted ones that were not collected: they are pinned, or it was not their turn
/// @param objects all objects, logs and keys among them
/// @param dataBytes packs of chunks, and of what small snapshots have beside them
/// @param manifestBytes packs of pages
/// @param otherBytes roots, logs, checkpoints and wrapped keys
public record StoreStats(
    long lineages,
    long snapshots,
    long binned,
    long pending,
    long waiting,
    long objects,
    long dataBytes,
    long manifestBytes,
    long otherBytes) {
  /// Those of nothing.
  public static final StoreStats NOTHING = new StoreStats(0, 0, 0, 0, 0, 0, 0, 0, 0);

  static StoreStats of(Lineage lineage, List<Entry> objects) {
    long data = 0;
    long manifests = 0;
    long other = 0;
    for (Entry object : objects) {
      var pack = ObjectNames.packAt(lineage.volume(), object.name()).map(PackId::kind);
      if (pack.isEmpty()) {
        other += object.sizeBytes();
      } else if (pack.get() == PackKind.DATA) {
        data += object.sizeBytes();
      } else {
        manifests += object.sizeBytes();
      }
    }
    return new StoreStats(
        1,
        count(lineage, Phase.COMPLETED),
        count(lineage, Phase.TRASHED),
        count(lineage, Phase.PENDING),
        count(lineage, Phase.DELETED),
        objects.size(),
        data,
        manifests,
        other);
  }

  private static long count(Lineage lineage, Phase phase) {
    return lineage.snapshots().values().stream().filter(s -> s.phase() == phase).count();
  }

  /// Both together.
  public StoreStats plus(StoreStats more) {
    return new StoreStats(
        lineages + more.lineages,
        snapshots + more.snapshots,
        binned + more.binned,
        pending + more.pending,
        waiting + more.waiting,
        objects + more.objects,
        dataBytes + more.dataBytes,
        manifestBytes + more.manifestBytes,
        otherBytes + more.otherBytes);
  }
}
