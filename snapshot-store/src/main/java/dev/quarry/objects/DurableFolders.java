package dev.quarry.objects;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The folders below a root: made before something is linked into them, removed when the last thing
/// is gone, and durable when what is in them has to be.
///
/// A folder that this process made or found is forced into its parent once and then remembered.
/// Folders are removed under a lock that those who link hold shared: otherwise one could link into
/// a folder that is remembered as durable and was just made anew.
final class DurableFolders {
  /// The most folders that are remembered; beyond it all are forgotten and forced once more.
  private static final int MAX_REMEMBERED = 64 * 1024;

  /// Linking is tried so often while another process removes the folder each time.
  private static final int MAX_TRIES = 100;

  private static final Logger LOG = LoggerFactory.getLogger(DurableFolders.class);

  private final Path root;
  private final Forcing forcing;
  private final Set<Path> durable = ConcurrentHashMap.newKeySet();
  private final ReadWriteLock removal = new ReentrantReadWriteLock();
  private volatile boolean failed;

  DurableFolders(Path root, Forcing forcing) {
    this.root = root;
    this.forcing = forcing;
  }

  /// Links a file to a path below the root and makes the link durable.
  ///
  /// @return false if something is there; what is there is durable too
  /// @throws NoSuchFileException if the file is gone
  /// @throws FileAlreadyExistsException if a folder on the path is a file
  boolean link(Path file, Path path) throws IOException {
    removal.readLock().lock();
    try {
      checkForced();
      boolean linked = linkIntoFolder(file, path);
      force(path.getParent());
      forceUpTo(path.getParent());
      return linked;
    } finally {
      removal.readLock().unlock();
    }
  }

  /// Refuses changes once a folder could not be forced. The kernel reports such a failure once and
  /// then forgets it: a further try would succeed, and prove nothing.
  void checkForced() throws ObjectStoreException.Unavailable {
    if (failed) {
      throw new ObjectStoreException.Unavailable(
          "a folder could not be made durable earlier; see the log, check the disk, restart root="
              + root,
          null);
    }
  }

  /// Makes the removal of a file durable, and removes the folders that it leaves empty.
  void removed(Path path) throws IOException {
    Path folder = path.getParent();
    while (!folder.equals(root) && isEmpty(folder) && remove(folder)) {
      folder = folder.getParent();
    }
    forceFirstThatIsThere(folder);
  }

  private void force(Path folder) throws IOException {
    try {
      forcing.force(folder);
    } catch (NoSuchFileException | ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      failed = true;
      LOG.error("folder cannot be made durable path={}", folder, e);
      throw new ObjectStoreException.Unavailable(
          "folder cannot be made durable path=%s error=%s".formatted(folder, e.getMessage()), e);
    }
  }

  private boolean linkIntoFolder(Path file, Path path) throws IOException {
    for (int tries = 1; ; tries++) {
      make(path.getParent());
      try {
        Files.createLink(path, file);
        return true;
      } catch (FileAlreadyExistsException _) {
        return false;
      } catch (NoSuchFileException e) {
        if (!Files.exists(file) || tries == MAX_TRIES) {
          throw e;
        }
        durable.clear();
      }
    }
  }

  private void make(Path folder) throws IOException {
    if (!durable.contains(folder) && !folder.equals(root)) {
      Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(DirectoryStore.OWNER));
    }
  }

  /// Forces the entries that lead to a folder. Whoever made it may not have got that far yet.
  private void forceUpTo(Path folder) throws IOException {
    for (Path child = folder; !child.equals(root) && !durable.contains(child); ) {
      force(child.getParent());
      child = child.getParent();
    }
    if (durable.size() >= MAX_REMEMBERED) {
      durable.clear();
    }
    for (Path child = folder; !child.equals(root) && durable.add(child); ) {
      child = child.getParent();
    }
  }

  /// Forces a folder, or the innermost one above it that nobody has removed.
  private void forceFirstThatIsThere(Path folder) throws IOException {
    for (Path candidate = folder; ; candidate = candidate.getParent()) {
      try {
        force(candidate);
        return;
      } catch (NoSuchFileException e) {
        if (candidate.equals(root)) {
          throw e;
        }
      }
    }
  }

  private boolean remove(Path folder) throws IOException {
    removal.writeLock().lock();
    try {
      durable.remove(folder);
      return Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException _) {
      return false;
    } finally {
      removal.writeLock().unlock();
    }
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      return !entries.iterator().hasNext();
    } catch (NoSuchFileException _) {
      return false;
    }
  }
}
