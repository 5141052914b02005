package dev.quarry.interop;

import java.nio.ByteBuffer;

/// A 4 KiB block that says which it is: its number, its version, and 510 words that follow from the
/// two, so that a block put together from two versions is told from a whole one.
///
/// ```
/// 0  block number + 1   8 bytes
/// 8  version            8 bytes
/// 16 filling            510 words of 8 bytes
/// ```
final class StampedBlock {
  static final int BYTES = 4096;

  private static final int FIRST_FILLING = 16;
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  private StampedBlock() {}

  static byte[] encode(int block, long version) {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    bytes.putLong(block + 1L).putLong(version);
    while (bytes.hasRemaining()) {
      bytes.putLong(filling(block, version, bytes.position()));
    }
    return bytes.array();
  }

  /// The version of a block as it was read; 0 if it is all zeros.
  ///
  /// @throws AssertionError if it is not one whole version of that block
  static long decode(byte[] bytes, int block) {
    ByteBuffer words = ByteBuffer.wrap(bytes);
    long number = words.getLong();
    long version = words.getLong();
    boolean zero = number == 0 && version == 0;
    if (!zero && number != block + 1L) {
      throw new AssertionError("block %d holds what is no stamp: %x".formatted(block, number));
    }
    while (words.hasRemaining()) {
      int at = words.position();
      if (words.getLong() != (zero ? 0 : filling(block, version, at))) {
        throw new AssertionError("block %d version %d torn at %d".formatted(block, version, at));
      }
    }
    return version;
  }

  /// A word of a block, by the finalizer of SplitMix64 (Steele, Lea, Flood 2014).
  private static long filling(int block, long version, int at) {
    assert at >= FIRST_FILLING : at;
    long z = (((long) block << 40) ^ (version << 12) ^ at) * GOLDEN_GAMMA;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
