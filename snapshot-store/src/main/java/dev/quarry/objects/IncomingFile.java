package dev.quarry.objects;

import dev.quarry.posix.Errno;
import dev.quarry.posix.Files;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.DirectoryStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.UUID;

/// A file on its way into a [DirectoryStore]: written under a name of its own, then linked to the
/// object's. Closing it removes that first name.
///
/// Its writer holds a lock on it (flock), which ends with the process: a file without one was left
/// by a crash.
final class IncomingFile implements AutoCloseable {
  /// Bytes on the heap go through a native buffer of this size.
  private static final int BOUNCE_BYTES = 256 * 1024;

  private final Path path;
  private final int fd;

  private IncomingFile(Path path, int fd) {
    this.path = path;
    this.fd = fd;
  }

  /// Makes an empty file in the folder.
  static IncomingFile create(Path folder) throws ObjectStoreException {
    Path path = folder.resolve(UUID.randomUUID().toString());
    int fd = Files.open(path, Files.O_RDWR | Files.O_CREAT | Files.O_EXCL | Files.O_CLOEXEC, 0600);
    if (fd < 0) {
      throw DirectoryErrors.failed("create", path, -fd);
    }
    IncomingFile file = new IncomingFile(path, fd);
    // Fails if the file is being swept already, between the two calls: then the link will fail too.
    Files.flock(fd, Files.LOCK_EX | Files.LOCK_NB);
    return file;
  }

  /// Removes the files that a crash left in the folder.
  static void sweep(Path folder) throws IOException {
    try (DirectoryStream<Path> files = java.nio.file.Files.newDirectoryStream(folder)) {
      for (Path path : files) {
        sweepOne(path);
      }
    }
  }

  private static void sweepOne(Path path) throws IOException {
    int fd = Files.open(path, Files.O_RDWR | Files.O_CLOEXEC, 0);
    if (fd < 0) {
      if (fd == -Errno.ENOENT) {
        return; // its writer was faster
      }
      throw DirectoryErrors.failed("open", path, -fd);
    }
    try {
      if (Files.flock(fd, Files.LOCK_EX | Files.LOCK_NB) == 0) {
        java.nio.file.Files.deleteIfExists(path);
      }
    } finally {
      Files.close(fd);
    }
  }

  Path path() {
    return path;
  }

  /// Writes the whole contents.
  void write(MemorySegment bytes) throws ObjectStoreException {
    if (bytes.isNative()) {
      writeFully(0, bytes);
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bounce = arena.allocate(BOUNCE_BYTES);
      for (long done = 0; done < bytes.byteSize(); ) {
        long step = Math.min(bytes.byteSize() - done, BOUNCE_BYTES);
        MemorySegment.copy(bytes, done, bounce, 0, step);
        writeFully(done, bounce.asSlice(0, step));
        done += step;
      }
    }
  }

  private void writeFully(long offset, MemorySegment bytes) throws ObjectStoreException {
    for (long done = 0; done < bytes.byteSize(); ) {
      long written =
          Files.pwrite(fd, bytes.address() + done, bytes.byteSize() - done, offset + done);
      if (written < 0 && written != -Errno.EINTR) {
        throw DirectoryErrors.failed("write", path, -written);
      }
      done += Math.max(0, written);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      java.nio.file.Files.delete(path);
    } catch (NoSuchFileException _) {
      // Swept, as create says.
    } finally {
      Files.close(fd);
    }
  }
}
