package dev.quarry.block;

/// A run of bytes in one state.
///
/// @param offset where it begins, in bytes from the start of the device
/// @param length its length in bytes, greater than 0
/// @param state what lies there
public record Extent(long offset, long length, State state) {

  /// What lies in an extent.
  public enum State {
    /// Data, or what must be taken for data.
    DATA,
    /// Reads as zeros and has its space.
    ZERO,
    /// Reads as zeros and has no space: writing there may run out of it.
    HOLE
  }

  public Extent {
    if (offset < 0 || length <= 0) {
      throw new IllegalArgumentException("bad extent offset=" + offset + " length=" + length);
    }
  }

  /// Where it ends, exclusive.
  public long end() {
    return offset + length;
  }
}
