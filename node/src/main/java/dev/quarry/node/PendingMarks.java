package dev.quarry.node;

import dev.quarry.disk.Disk;
import dev.quarry.volume.ControlException;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Remembers, across the end of the process, of which lineages snapshots were being made: an empty
/// file for each. What they left pending is ended at the next start, and no other log is read then.
///
/// Errors are [ControlException.Unavailable]s. Safe for use by many threads.
final class PendingMarks {
  private final Disk folder;
  private final List<UUID> left;
  private final Map<UUID, Integer> uses = new HashMap<>(); // guarded by this

  private PendingMarks(Disk folder, List<UUID> left) {
    this.folder = folder;
    this.left = left;
  }

  /// Opens a folder that is this class's own.
  static PendingMarks open(Disk folder) throws IOException {
    return new PendingMarks(folder, folder.files().stream().map(UUID::fromString).toList());
  }

  /// The lineages that were marked when this was opened.
  List<UUID> left() {
    return left;
  }

  /// Comes, durably, before the log has anything of a snapshot. [#end] comes when the snapshot has
  /// ended or was not begun after all.
  synchronized void put(UUID lineage) {
    try {
      folder.open(lineage.toString()).close();
    } catch (IOException e) {
      throw unavailable(e);
    }
    uses.merge(lineage, 1, Integer::sum);
  }

  /// Takes back one [#put]. The mark stays until it is removed.
  synchronized void end(UUID lineage) {
    uses.computeIfPresent(lineage, (_, count) -> count == 1 ? null : count - 1);
  }

  /// Comes when the log has nothing of it that is pending. The mark stays all the same while
  /// somebody has put it whose snapshot has not ended: that may be about to begin. One that comes
  /// back after a power loss does no harm.
  synchronized void remove(UUID lineage) {
    if (uses.containsKey(lineage)) {
      return;
    }
    try {
      folder.delete(lineage.toString());
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  private static ControlException unavailable(IOException e) {
    return new ControlException.Unavailable(
        "what is pending cannot be marked in the data folder, see to the disk: " + e.getMessage(),
        e);
  }
}
