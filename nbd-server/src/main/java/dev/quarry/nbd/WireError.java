package dev.quarry.nbd;

import dev.quarry.block.VolumeException;

/// The error numbers of replies ("Error values"), and which of them answers which failure.
final class WireError {
  static final int NONE = 0;
  static final int EPERM = 1;
  static final int EIO = 5;
  static final int EINVAL = 22;
  static final int ENOSPC = 28;
  static final int EOVERFLOW = 75;
  static final int ESHUTDOWN = 108;

  private WireError() {}

  /// The number that tells a client of a device's failure.
  static int of(VolumeException failure) {
    return switch (failure) { // no default: a new kind must be answered here
      case VolumeException.OutOfRange e -> e.isWrite() ? ENOSPC : EINVAL;
      case VolumeException.ReadOnly _ -> EPERM;
      case VolumeException.Full _ -> ENOSPC;
      case VolumeException.Unavailable _, VolumeException.Corrupt _ -> EIO;
      case VolumeException.Detached _ -> ESHUTDOWN;
    };
  }
}
