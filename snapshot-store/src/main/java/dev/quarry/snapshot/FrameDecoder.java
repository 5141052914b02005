package dev.quarry.snapshot;

import java.util.Arrays;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/// Opens frames and decompresses them. Safe for use by many threads.
final class FrameDecoder {
  private static final LZ4SafeDecompressor LZ4 = LZ4Factory.fastestInstance().safeDecompressor();

  private FrameDecoder() {}

  /// The contents of a frame.
  ///
  /// @param pack the pack whose key seals it
  /// @param stored bytes that hold the frame from `offset` on
  /// @throws SnapshotException.Corrupt if they are not that frame
  static byte[] decode(Seals.Sealer sealer, PackRef pack, Frame frame, byte[] stored, int offset) {
    int sealedLength = frame.storedLength();
    byte[] opened = new byte[Math.max(0, sealedLength - Seals.TAG_BYTES)];
    boolean right =
        sealedLength >= Seals.TAG_BYTES
            && sealer.open(
                frame.number(), frame.bound(pack.id()), stored, offset, sealedLength, opened, 0);
    if (!right) {
      throw broken(pack, frame, "frame is not what was sealed", null);
    }
    if (!frame.compressed()) {
      return checkLength(pack, frame, opened);
    }
    try {
      byte[] plain = new byte[frame.plainLength()];
      int length = LZ4.decompress(opened, 0, opened.length, plain, 0, plain.length);
      return checkLength(
          pack, frame, length == plain.length ? plain : Arrays.copyOf(plain, length));
    } catch (LZ4Exception e) {
      throw broken(pack, frame, "frame does not decompress", e);
    }
  }

  private static byte[] checkLength(PackRef pack, Frame frame, byte[] plain) {
    if (plain.length != frame.plainLength()) {
      throw broken(pack, frame, "frame has another length than its reference says", null);
    }
    return plain;
  }

  private static SnapshotException.Corrupt broken(
      PackRef pack, Frame frame, String why, Throwable cause) {
    return new SnapshotException.Corrupt(
        pack.stored().objectName(),
        "%s frame=%d kind=%s position=%d"
            .formatted(why, frame.number(), frame.kind(), frame.position()),
        cause);
  }
}
