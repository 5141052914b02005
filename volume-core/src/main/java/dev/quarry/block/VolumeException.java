package dev.quarry.block;

import java.io.IOException;
import java.io.Serial;

/// A device could not do what was asked. One kind for each thing a caller would do differently.
public abstract sealed class VolumeException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  private VolumeException(String message, Throwable cause) {
    super(message, cause);
  }

  /// The request does not lie inside the device. Fix the request; it had no effect.
  public static final class OutOfRange extends VolumeException {
    @Serial private static final long serialVersionUID = 1;
    private final boolean write;

    public OutOfRange(boolean write, long offset, long length, long sizeBytes) {
      super(
          "request past the end of the device offset=%d length=%d size=%d"
              .formatted(offset, length, sizeBytes),
          null);
      this.write = write;
    }

    /// Whether the request was to change something (NBD answers these with another error).
    public boolean isWrite() {
      return write;
    }
  }

  /// The device refuses changes. Do not write; the request had no effect.
  public static final class ReadOnly extends VolumeException {
    @Serial private static final long serialVersionUID = 1;

    public ReadOnly(String message) {
      super(message, null);
    }
  }

  /// There is no space left. Free some and try again; a part of the request may have been done.
  public static final class Full extends VolumeException {
    @Serial private static final long serialVersionUID = 1;

    public Full(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// It failed now and may work later: a disk error, a store out of reach. A part of the request
  /// may have been done.
  public static final class Unavailable extends VolumeException {
    @Serial private static final long serialVersionUID = 1;

    public Unavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// What is stored is not what was written. Never retry and never serve it; raise an alarm.
  public static final class Corrupt extends VolumeException {
    @Serial private static final long serialVersionUID = 1;

    public Corrupt(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// The device was closed or taken away. Attach again.
  public static final class Detached extends VolumeException {
    @Serial private static final long serialVersionUID = 1;

    public Detached(String message) {
      super(message, null);
    }
  }
}
