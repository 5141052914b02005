package dev.quarry.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/// Remembers, across the end of the process, of which lineages snapshots were being made: an empty
/// file for each. What they left pending is ended at the next start, and no other log is read then.
///
/// Safe for use by many threads.
final class PendingMarks {
  private final Path folder;

  private PendingMarks(Path folder) {
    this.folder = folder;
  }

  /// Opens a folder, making it if it is not there.
  static PendingMarks open(Path folder) throws IOException {
    Files.createDirectories(folder);
    return new PendingMarks(folder);
  }

  /// Comes, durably, before the log has anything of it. Repeating it does nothing.
  synchronized void put(UUID lineage) {
    try (FileChannel file =
            FileChannel.open(file(lineage), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
      file.force(true);
      names.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write in folder=" + folder, e);
    }
  }

  /// Comes when nothing of it is pending. One that comes back after a power loss does no harm.
  synchronized void remove(UUID lineage) {
    try {
      Files.deleteIfExists(file(lineage));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write in folder=" + folder, e);
    }
  }

  List<UUID> all() {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> UUID.fromString(file.getFileName().toString())).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read folder=" + folder, e);
    }
  }

  private Path file(UUID lineage) {
    return folder.resolve(lineage.toString());
  }
}
