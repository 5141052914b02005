package dev.quarry.node;

import dev.quarry.block.VolumeException;
import dev.quarry.disk.DirectoryInUseException;
import dev.quarry.disk.DirectoryLock;
import dev.quarry.volume.CatalogueSettings;
import dev.quarry.volume.VolumeCatalogue;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The folder that a node keeps everything in, before and while it is opened.
///
/// @param path where it is
/// @param fresh whether nothing of ours was in it yet
record DataFolder(Path path, boolean fresh) {
  /// What a node puts into its folder first: no other program's folder is likely to have it.
  private static final Set<String> FIRST = Set.of("volumes", "lock");

  /// All that a node, and commands before its first start, put there and others may as well: a
  /// folder is taken for ours if it holds nothing else.
  private static final Set<String> OURS =
      Set.of("keys", "lineages", "nbd.sock", "node.json", "settings.json", "snapshots", "tls");

  /// A folder of ours is its owner's alone, for who reaches its Unix socket reaches every volume.
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /// Makes the folder, or looks into it.
  ///
  /// @throws NodeException if it cannot be made or read, or holds what is not ours
  static DataFolder prepare(Path path) throws NodeException {
    try {
      Files.createDirectories(path, OWNER_ONLY);
    } catch (FileAlreadyExistsException e) {
      throw new NodeException(
          "the data folder is not a folder path=" + path, "name another with --data", e);
    } catch (IOException e) {
      throw unusable(path, "made", e);
    }
    try (Stream<Path> entries = Files.list(path)) {
      List<String> names = entries.map(entry -> entry.getFileName().toString()).toList();
      Optional<String> foreign = names.stream().filter(name -> !OURS.contains(name)).findFirst();
      if (foreign.isPresent() && names.stream().noneMatch(FIRST::contains)) {
        throw new NodeException(
            "the folder holds other things than a node's data path=%s first=%s"
                .formatted(path, foreign.get()),
            "name an empty or a new folder with --data",
            null);
      }
      return new DataFolder(path, !names.contains("volumes"));
    } catch (IOException e) {
      throw unusable(path, "read", e);
    }
  }

  /// Keeps other nodes out until the lock is closed.
  DirectoryLock lock() throws NodeException {
    try {
      return DirectoryLock.acquire(path);
    } catch (DirectoryInUseException e) {
      throw new NodeException(
          e.getMessage(), "stop that node first, or name another folder with --data", e);
    } catch (IOException e) {
      throw unusable(path, "opened", e);
    }
  }

  /// Opens the volumes in it, once it is locked.
  VolumeCatalogue open(CatalogueSettings settings) throws NodeException {
    try {
      return VolumeCatalogue.openLocked(path, settings);
    } catch (IOException e) {
      throw unusable(path, "opened", e);
    }
  }

  private static NodeException unusable(Path path, String verb, IOException e) {
    boolean forbidden = e instanceof AccessDeniedException || e instanceof VolumeException.ReadOnly;
    return new NodeException(
        "the data folder cannot be %s path=%s reason=%s".formatted(verb, path, reason(e)),
        forbidden || reason(e).contains("Read-only")
            ? "make it writable for this user, or name another with --data"
            : "see to the disk or the path, or name another folder with --data",
        e);
  }

  private static String reason(IOException e) {
    return e instanceof FileSystemException f && f.getReason() != null
        ? f.getReason()
        : e.getClass().getSimpleName() + ": " + e.getMessage();
  }
}
