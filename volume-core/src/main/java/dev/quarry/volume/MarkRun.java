package dev.quarry.volume;

/// A run of bytes about which a volume's marks say the same.
///
/// @param length its length in bytes, greater than 0
/// @param flags the bits that hold for all of it; which there are, says whoever answers
public record MarkRun(long length, int flags) {
  /// Changed since the last snapshot, or since the volume was made if there is none.
  public static final int CHANGED = 1;

  /// With [#CHANGED]: the machine went down meanwhile, so that it may be unchanged all the same.
  public static final int IN_DOUBT = 2;

  /// In the store only: to read it is to fetch it.
  public static final int REMOTE = 1;

  public MarkRun {
    if (length <= 0) {
      throw new IllegalArgumentException("bad run length=" + length);
    }
  }
}
