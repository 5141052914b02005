package dev.quarry.objects;

import dev.quarry.posix.Errno;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a failed file operation means to whoever uses a [DirectoryStore]: the one place that
/// decides it.
final class DirectoryErrors {
  /// What making a folder or a link may take.
  private static final long FULL_BYTES = 64 * 1024;

  private DirectoryErrors() {}

  /// The error for a system call that answered `-errno`.
  static ObjectStoreException failed(String action, Path path, long errno) {
    String message = "%s failed path=%s error=%s".formatted(action, path, Errno.name((int) errno));
    return switch ((int) errno) {
      case Errno.ENOSPC, Errno.EDQUOT, Errno.EFBIG -> new ObjectStoreException.Full(message, null);
      case Errno.EROFS, Errno.EPERM, Errno.EACCES -> new ObjectStoreException.Denied(message, null);
      default -> new ObjectStoreException.Unavailable(message, null);
    };
  }

  /// The error for a failed operation of Java's.
  static ObjectStoreException failed(String action, Path path, IOException e) {
    String message = "%s failed path=%s error=%s".formatted(action, path, e.getMessage());
    return switch (e) {
      case ObjectStoreException already -> already;
      case ClosedByInterruptException _ -> new ObjectStoreException.Stopped(message, e);
      case AccessDeniedException _ -> new ObjectStoreException.Denied(message, e);
      default ->
          isFull(path)
              ? new ObjectStoreException.Full(message, e)
              : new ObjectStoreException.Unavailable(message, e);
    };
  }

  /// Whether there is no space where a path is. Java tells it apart only by a message that may be
  /// in any language.
  private static boolean isFull(Path path) {
    try {
      return Files.getFileStore(path.getParent()).getUsableSpace() < FULL_BYTES;
    } catch (IOException _) {
      return false;
    }
  }
}
