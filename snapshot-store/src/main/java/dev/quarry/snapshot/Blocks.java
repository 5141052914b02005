package dev.quarry.snapshot;

import dev.quarry.volume.BlockMask;
import dev.quarry.volume.ChunkLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// The blocks of a chunk held in an array of 512 KiB: pure.
final class Blocks {
  private static final byte[] ZEROS = new byte[ChunkLayout.BLOCK_BYTES];

  private Blocks() {}

  /// The blocks that hold anything but zeros.
  static BlockMask nonZero(byte[] chunk) {
    return select(block -> !equal(chunk, block, ZEROS, 0));
  }

  /// The blocks in which two chunks differ.
  static BlockMask different(byte[] one, byte[] other) {
    return select(block -> !equal(one, block, other, block));
  }

  /// Writes the contents of a DELTA: its mask and its blocks.
  ///
  /// @return the length
  static int toDelta(byte[] chunk, BlockMask blocks, byte[] delta) {
    ByteBuffer.wrap(delta)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(blocks.low())
        .putLong(blocks.high());
    int at = Frame.MASK_BYTES;
    for (int block = blocks.next(0); block < 128; block = blocks.next(block + 1)) {
      System.arraycopy(chunk, start(block), delta, at, ChunkLayout.BLOCK_BYTES);
      at += ChunkLayout.BLOCK_BYTES;
    }
    return at;
  }

  /// The mask of a DELTA.
  static BlockMask maskOf(byte[] delta) {
    ByteBuffer buffer = ByteBuffer.wrap(delta).order(ByteOrder.LITTLE_ENDIAN);
    return new BlockMask(buffer.getLong(), buffer.getLong());
  }

  /// Lays the blocks of a DELTA over a chunk.
  static void overlay(byte[] delta, byte[] chunk) {
    BlockMask blocks = maskOf(delta);
    int at = Frame.MASK_BYTES;
    for (int block = blocks.next(0); block < 128; block = blocks.next(block + 1)) {
      System.arraycopy(delta, at, chunk, start(block), ChunkLayout.BLOCK_BYTES);
      at += ChunkLayout.BLOCK_BYTES;
    }
  }

  private interface BlockTest {
    boolean test(int block);
  }

  private static BlockMask select(BlockTest test) {
    long low = 0;
    long high = 0;
    for (int block = 0; block < 64; block++) {
      low |= test.test(block) ? 1L << block : 0;
      high |= test.test(block + 64) ? 1L << block : 0;
    }
    return new BlockMask(low, high);
  }

  private static boolean equal(byte[] one, int block, byte[] other, int otherBlock) {
    int from = start(block);
    int otherFrom = start(otherBlock);
    return Arrays.equals(
        one,
        from,
        from + ChunkLayout.BLOCK_BYTES,
        other,
        otherFrom,
        otherFrom + ChunkLayout.BLOCK_BYTES);
  }

  private static int start(int block) {
    return block * ChunkLayout.BLOCK_BYTES;
  }
}
