package dev.quarry.snapshot;

import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;

/// Compresses the contents of frames. One thread at a time: it has its own scratch memory.
///
/// LZ4's block format, and only where it saves at least an eighth: reading should not pay for what
/// compression did not gain.
final class FrameEncoder {
  /// The largest contents of a frame: a DELTA of every block.
  static final int MAX_PLAIN_BYTES = Frame.deltaLength(128);

  private static final int LEAST_SAVING = 8; // one part in so many

  private final LZ4Compressor lz4 = LZ4Factory.fastestInstance().fastCompressor();
  private final byte[] scratch = new byte[lz4.maxCompressedLength(MAX_PLAIN_BYTES)];

  /// What to seal: the contents as they were given, or compressed.
  record Encoded(boolean compressed, byte[] bytes, int length) {}

  /// Compresses `length` bytes if it pays. What it answers is good until the next call.
  Encoded encode(byte[] plain, int length) {
    int compressedLength = lz4.compress(plain, 0, length, scratch, 0, scratch.length);
    return compressedLength <= length - length / LEAST_SAVING && compressedLength < length
        ? new Encoded(true, scratch, compressedLength)
        : new Encoded(false, plain, length);
  }
}
