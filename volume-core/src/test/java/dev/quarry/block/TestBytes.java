package dev.quarry.block;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;

/// Bytes for tests: patterns that differ everywhere, and buffers with room around them.
public final class TestBytes {

  private TestBytes() {}

  /// Bytes that depend on the seed; none of them is 0, so that they never look like a hole.
  public static byte[] pattern(long seed, int length) {
    byte[] bytes = new byte[length];
    new SplittableRandom(seed).nextBytes(bytes);
    for (int i = 0; i < length; i++) {
      if (bytes[i] == 0) {
        bytes[i] = (byte) (i | 1);
      }
    }
    return bytes;
  }

  /// A buffer of `length` bytes, on the heap or not, each of them `fill`.
  public static MemorySegment buffer(boolean onHeap, int length, int fill) {
    MemorySegment buffer =
        onHeap ? MemorySegment.ofArray(new byte[length]) : Arena.ofAuto().allocate(length);
    return buffer.fill((byte) fill);
  }

  /// The bytes of a range of a device.
  public static byte[] read(BlockDevice device, long offset, int length) throws VolumeException {
    byte[] bytes = new byte[length];
    device.read(offset, MemorySegment.ofArray(bytes), 0, length);
    return bytes;
  }

  /// Writes an array.
  public static void write(BlockDevice device, long offset, byte[] bytes) throws VolumeException {
    device.write(offset, MemorySegment.ofArray(bytes), 0, bytes.length, Durability.CACHED);
  }

  /// Whether all bytes in `[from, to)` are `value`.
  public static boolean all(byte[] bytes, int from, int to, int value) {
    for (int i = from; i < to; i++) {
      if (bytes[i] != (byte) value) {
        return false;
      }
    }
    return true;
  }

  /// The index of the first difference, for messages, or -1.
  public static int firstDifference(byte[] expected, byte[] actual) {
    return Arrays.mismatch(expected, actual);
  }
}
