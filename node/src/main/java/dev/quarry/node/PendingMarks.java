package dev.quarry.node;

import dev.quarry.disk.Disk;
import dev.quarry.volume.ControlException;
import java.io.IOException;
import java.util.List;
import java.util.UUID;

/// Remembers, across the end of the process, of which lineages snapshots were being made: an empty
/// file for each. What they left pending is ended at the next start, and no other log is read then.
///
/// Errors are [ControlException.Unavailable]s. Safe for use by many threads.
final class PendingMarks {
  private final Disk folder;
  private final List<UUID> left;

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

  /// Comes, durably, before the log has anything of it. Repeating it does nothing.
  synchronized void put(UUID lineage) {
    try {
      folder.open(lineage.toString()).close();
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  /// Comes when nothing of it is pending. One that comes back after a power loss does no harm.
  synchronized void remove(UUID lineage) {
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
