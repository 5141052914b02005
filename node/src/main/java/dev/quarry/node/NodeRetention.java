package dev.quarry.node;

import dev.quarry.snapshot.LogBody.LockMode;
import dev.quarry.snapshot.SnapshotErrors;
import dev.quarry.snapshot.SnapshotId;
import dev.quarry.snapshot.SnapshotInfo;
import dev.quarry.snapshot.SnapshotService;
import dev.quarry.volume.ControlException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// What becomes of a node's snapshots: they are deleted, kept in the recycle bin, and locked.
///
/// Errors are [ControlException]s. Safe for use by many threads.
final class NodeRetention {
  private final SnapshotService service;
  private final NodeCollector collector;

  NodeRetention(SnapshotService service, NodeCollector collector) {
    this.service = service;
    this.collector = collector;
  }

  /// How many bytes a deletion would free.
  long wouldFreeBytes(String id) {
    SnapshotId snapshot = NodeSnapshots.parse(id);
    return SnapshotErrors.translated(() -> service.wouldFreeBytes(snapshot));
  }

  /// Deletes a snapshot, and has what it alone had removed from the store in the background.
  ///
  /// @param keep for how long to keep it in the recycle bin instead
  /// @return the snapshot as it was
  SnapshotInfo delete(String id, Optional<Duration> keep) {
    SnapshotId snapshot = NodeSnapshots.parse(id);
    return SnapshotErrors.translated(() -> {
      SnapshotInfo before = service.show(snapshot);
      if (keep.isPresent()) {
        checked(() -> service.trash(snapshot, keep.get()));
      } else {
        service.delete(snapshot);
        collector.collectSoon(before.volume());
      }
      return before;
    });
  }

  /// Takes a snapshot out of the recycle bin.
  SnapshotInfo restore(String id) {
    SnapshotId snapshot = NodeSnapshots.parse(id);
    return SnapshotErrors.translated(() -> {
      service.restoreFromBin(snapshot);
      return service.show(snapshot);
    });
  }

  /// All snapshots in the recycle bin.
  List<SnapshotInfo> bin() {
    return SnapshotErrors.translated(
        () -> service.lineages().stream().map(service::bin).flatMap(Collection::stream).toList());
  }

  /// Locks a snapshot, or changes its lock.
  SnapshotInfo lock(String id, LockMode mode, Optional<Duration> coolOff, Instant until) {
    SnapshotId snapshot = NodeSnapshots.parse(id);
    return SnapshotErrors.translated(() -> {
      checked(() -> service.lock(snapshot, mode, coolOff, until));
      return service.show(snapshot);
    });
  }

  /// Takes a lock away.
  SnapshotInfo unlock(String id) {
    SnapshotId snapshot = NodeSnapshots.parse(id);
    return SnapshotErrors.translated(() -> {
      service.unlock(snapshot);
      return service.show(snapshot);
    });
  }

  /// What is out of range comes from the user.
  private static void checked(Runnable action) {
    try {
      action.run();
    } catch (IllegalArgumentException e) {
      throw new ControlException.Invalid("InvalidParameterValue", e.getMessage());
    }
  }
}
