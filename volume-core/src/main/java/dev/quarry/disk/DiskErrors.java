package dev.quarry.disk;

import dev.quarry.block.VolumeException;
import dev.quarry.posix.Errno;

/// What a failed system call on a file means to the caller: the one place that decides it.
final class DiskErrors {

  private DiskErrors() {}

  /// The error for a call that answered `-errno`.
  static VolumeException failed(String action, String file, long errno) {
    String message = "%s failed file=%s error=%s".formatted(action, file, Errno.name((int) errno));
    return switch ((int) errno) {
      case Errno.ENOSPC, Errno.EDQUOT, Errno.EFBIG -> new VolumeException.Full(message, null);
      case Errno.EROFS, Errno.EPERM, Errno.EACCES -> new VolumeException.ReadOnly(message);
      default -> new VolumeException.Unavailable(message, null);
    };
  }

  /// The error for a call on a file that was closed.
  static VolumeException closed(String file) {
    return new VolumeException.Detached("file is closed file=" + file);
  }
}
