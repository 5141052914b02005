package dev.quarry.disk;

import dev.quarry.posix.Errno;
import dev.quarry.posix.Files;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Keeps a directory to one user at a time, in this process and on this machine. The kernel ends
/// the lock with the process, however it ends.
///
/// The file `lock` in the directory is locked and holds the process's id for people and messages.
/// It is never deleted: two processes could then each lock a file of that name.
///
/// The lock belongs to the descriptor (flock(2)). A lock of the process, as FileChannel takes it,
/// would be lost as soon as anything in the process opened and closed that file.
public final class DirectoryLock implements AutoCloseable {
  private static final String FILE = "lock";

  private final int fd;
  private boolean closed; // guarded by this

  private DirectoryLock(int fd) {
    this.fd = fd;
  }

  /// Locks a directory that is there.
  ///
  /// @throws DirectoryInUseException if it is locked already, in this process or another
  public static DirectoryLock acquire(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    int fd = Files.open(file, Files.O_RDWR | Files.O_CREAT | Files.O_CLOEXEC, 0600);
    if (fd < 0) {
      throw DiskErrors.failed("open", file.toString(), -fd);
    }
    int result = Files.flock(fd, Files.LOCK_EX | Files.LOCK_NB);
    if (result < 0) {
      Files.close(fd);
      if (result == -Errno.EAGAIN) {
        throw new DirectoryInUseException(directory, holder(file));
      }
      throw DiskErrors.failed("lock", file.toString(), -result);
    }
    DirectoryLock lock = new DirectoryLock(fd);
    try {
      java.nio.file.Files.writeString(file, ProcessHandle.current().pid() + "\n");
      return lock;
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static String holder(Path file) throws IOException {
    String text = java.nio.file.Files.readString(file, StandardCharsets.US_ASCII).strip();
    return text.isEmpty() ? "unknown" : text;
  }

  /// Lets the directory go. Closing twice is allowed.
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      Files.close(fd);
    }
  }
}
