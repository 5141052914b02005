package dev.quarry.volume;

/// A set of the 128 blocks of a chunk.
///
/// @param low blocks 0 to 63, block 0 in the lowest bit
/// @param high blocks 64 to 127
public record BlockMask(long low, long high) {
  /// No block.
  public static final BlockMask NONE = new BlockMask(0, 0);

  /// Every block.
  public static final BlockMask ALL = new BlockMask(-1, -1);

  /// The blocks from `first` to `last`, both included.
  public static BlockMask range(int first, int last) {
    return new BlockMask(word(first, last), word(first - 64, last - 64));
  }

  /// Whether `block` is in the set.
  public boolean contains(int block) {
    return ((block < 64 ? low >>> block : high >>> (block - 64)) & 1) != 0;
  }

  /// Whether all blocks of `other` are in the set.
  public boolean containsAll(BlockMask other) {
    return (other.low & ~low) == 0 && (other.high & ~high) == 0;
  }

  /// The blocks of either.
  public BlockMask or(BlockMask other) {
    return new BlockMask(low | other.low, high | other.high);
  }

  /// The blocks of both.
  public BlockMask and(BlockMask other) {
    return new BlockMask(low & other.low, high & other.high);
  }

  /// The blocks that are not in `other`.
  public BlockMask without(BlockMask other) {
    return new BlockMask(low & ~other.low, high & ~other.high);
  }

  /// Whether there is no block.
  public boolean isEmpty() {
    return (low | high) == 0;
  }

  /// How many blocks there are.
  public int count() {
    return Long.bitCount(low) + Long.bitCount(high);
  }

  /// The first block at or after `from` that is in the set, or 128.
  public int next(int from) {
    if (from < 64) {
      long left = low >>> from << from;
      if (left != 0) {
        return Long.numberOfTrailingZeros(left);
      }
      from = 64;
    }
    long left = from < 128 ? high >>> (from - 64) << (from - 64) : 0;
    return left == 0 ? 128 : 64 + Long.numberOfTrailingZeros(left);
  }

  /// The first block at or after `from` that is not in the set, or 128.
  public int nextAbsent(int from) {
    return new BlockMask(~low, ~high).next(from);
  }

  /// The bits of one word for a range given relative to it.
  private static long word(int first, int last) {
    if (last < 0 || first > 63) {
      return 0;
    }
    int from = Math.max(first, 0);
    int to = Math.min(last, 63);
    return (-1L >>> (63 - (to - from))) << from;
  }
}
