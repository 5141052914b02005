package dev.quarry.snapshot;

import java.util.HashMap;
import java.util.Map;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/// Opens frames and decompresses them. One thread at a time: it has memory of its own, and the keys
/// of the packs that it has seen until it is closed.
final class FrameOpener implements AutoCloseable {
  private static final LZ4SafeDecompressor LZ4 = LZ4Factory.fastestInstance().safeDecompressor();

  private final Seals seals;
  private final Map<PackId, Seals.Sealer> sealers = new HashMap<>();
  private byte[] opened = new byte[0];
  private byte[] contents = new byte[0];

  FrameOpener(Seals seals) {
    this.seals = seals;
  }

  /// The contents of a frame, good until the next call; there may be something else behind them.
  ///
  /// @throws SnapshotException.Corrupt if that is not the frame
  byte[] open(StoredFrames stored, FrameRef ref) {
    if (contents.length < ref.frame().plainLength()) {
      contents = new byte[ref.frame().plainLength()];
    }
    open(stored, ref, contents);
    return contents;
  }

  /// Writes the contents of a frame at the beginning of an array that is long enough.
  ///
  /// @throws SnapshotException.Corrupt if that is not the frame
  void open(StoredFrames stored, FrameRef ref, byte[] into) {
    Frame frame = ref.frame();
    int packed = frame.storedLength() - Seals.TAG_BYTES;
    if (!frame.isLongEnoughAndNoLonger()) {
      throw broken(ref, "frame has another length than its contents", null);
    }
    if (!frame.compressed()) {
      unseal(stored, ref, into);
      return;
    }
    if (opened.length < packed) {
      opened = new byte[packed];
    }
    unseal(stored, ref, opened);
    try {
      int length = LZ4.decompress(opened, 0, packed, into, 0, frame.plainLength());
      if (length != frame.plainLength()) {
        throw broken(ref, "frame has another length than its reference says", null);
      }
    } catch (LZ4Exception e) {
      throw broken(ref, "frame does not decompress", e);
    }
  }

  private void unseal(StoredFrames stored, FrameRef ref, byte[] into) {
    PackId pack = ref.pack().id();
    Frame frame = ref.frame();
    int offset = stored.offsetOf(ref);
    boolean right =
        offset + frame.storedLength() <= stored.bytes().length
            && sealers
                .computeIfAbsent(pack, id -> id.kind().sealer(seals, id.salt()))
                .open(
                    frame.number(),
                    frame.bound(pack),
                    stored.bytes(),
                    offset,
                    frame.storedLength(),
                    into,
                    0);
    if (!right) {
      throw broken(ref, "frame is not what was sealed", null);
    }
  }

  @Override
  public void close() {
    sealers.values().forEach(Seals.Sealer::close);
  }

  private static SnapshotException.Corrupt broken(FrameRef ref, String why, Throwable cause) {
    Frame frame = ref.frame();
    return new SnapshotException.Corrupt(
        ref.pack().stored().objectName(),
        "%s frame=%d kind=%s position=%d"
            .formatted(why, frame.number(), frame.kind(), frame.position()),
        cause);
  }
}
