package dev.quarry.block;

/// The checks every device makes at its border, in one place.
public final class Requests {

  private Requests() {}

  /// Checks that a request to read lies inside a device, without overflow.
  ///
  /// @throws VolumeException.OutOfRange if it does not
  public static void checkRead(long offset, long length, long sizeBytes) throws VolumeException {
    if (!inside(offset, length, sizeBytes)) {
      throw new VolumeException.OutOfRange(false, offset, length, sizeBytes);
    }
  }

  /// Checks that a request to change something lies inside a device, without overflow.
  ///
  /// @throws VolumeException.OutOfRange if it does not
  public static void checkWrite(long offset, long length, long sizeBytes) throws VolumeException {
    if (!inside(offset, length, sizeBytes)) {
      throw new VolumeException.OutOfRange(true, offset, length, sizeBytes);
    }
  }

  /// Whether a range lies wholly inside a device.
  public static boolean inside(long offset, long length, long sizeBytes) {
    return offset >= 0 && length >= 0 && offset <= sizeBytes && length <= sizeBytes - offset;
  }
}
