package dev.quarry.nbd;

/// A run of bytes with one status in a metadata context.
///
/// @param length its length in bytes, greater than 0
/// @param status what its bits mean is for the context to say
public record StatusExtent(long length, int status) {

  public StatusExtent {
    if (length <= 0) {
      throw new IllegalArgumentException("bad status extent length=" + length);
    }
  }
}
