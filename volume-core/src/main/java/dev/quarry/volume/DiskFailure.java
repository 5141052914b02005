package dev.quarry.volume;

import dev.quarry.block.VolumeException;
import java.io.IOException;

/// What a failed disk means to someone who manages volumes.
final class DiskFailure {

  private DiskFailure() {}

  static ControlException of(String action, IOException cause) {
    String message = "Cannot %s: %s.".formatted(action, cause.getMessage());
    if (cause instanceof VolumeException.Full) {
      return new ControlException.LimitExceeded(
          "InsufficientVolumeCapacity",
          message + " Free space in the data directory, or use a file system for larger files.",
          cause);
    }
    return new ControlException.Unavailable(message, cause);
  }
}
