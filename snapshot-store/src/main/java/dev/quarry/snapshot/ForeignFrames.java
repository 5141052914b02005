package dev.quarry.snapshot;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Tells whether a lineage still uses frames of others: those of the snapshot that its volume was
/// made from, which is pinned for as long.
///
/// Each page is read once, and the first frame of another lineage ends the search: most of the time
/// a root names one. One thread at a time.
final class ForeignFrames {
  private final LineageLogs logs;
  private final UUID volume;
  private final ManifestReader reader;
  private final Set<Bits128> seen = new HashSet<>();

  ForeignFrames(LineageLogs logs, UUID volume, PageCache cache) {
    this.logs = logs;
    this.volume = volume;
    this.reader = new ManifestReader(logs.frames(volume), cache);
  }

  /// Whether a snapshot that is needed uses one, or one that is pending may.
  boolean isUsedBy(Lineage lineage) {
    return !lineage.pending().isEmpty()
        || lineage.snapshots().values().stream()
            .filter(state -> lineage.isNeeded(state.seq()))
            .map(state -> logs.root(volume, state))
            .anyMatch(this::isUsedBy);
  }

  private boolean isUsedBy(SnapshotRoot root) {
    return root.manifestPacks().keySet().stream().anyMatch(this::isForeign)
        || root.heat().stream().map(FrameRef::pack).anyMatch(this::isForeign)
        || root.trace().map(FrameRef::pack).filter(this::isForeign).isPresent()
        || root.top().filter(this::isUsedUnder).isPresent();
  }

  /// Pages are the lineage's own by now: its root would have named others.
  private boolean isUsedUnder(PageRef ref) {
    if (!seen.add(ref.hash())) {
      return false;
    }
    if (ref.level() == 0) {
      return reader.leaf(ref).entries().stream()
          .flatMap(entry -> entry.frames().stream())
          .map(FrameRef::pack)
          .anyMatch(this::isForeign);
    }
    return reader.inner(ref).children().stream()
        .flatMap(Optional::stream)
        .anyMatch(this::isUsedUnder);
  }

  private boolean isForeign(PackRef pack) {
    return !pack.stored().volume().equals(volume);
  }
}
