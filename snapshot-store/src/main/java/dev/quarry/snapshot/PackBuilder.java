package dev.quarry.snapshot;

import java.util.ArrayList;
import java.util.List;

/// Fills a pack: header, frames, directory, footer. One thread at a time.
///
/// Its bytes are final once it is finished: whoever uploads it may send them any number of times.
final class PackBuilder implements AutoCloseable {
  /// The most a pack has, in bytes.
  static final int MAX_BYTES = 16 * 1024 * 1024;

  /// The directory is sealed under a salt of its own, and so can have a number that a frame has.
  static final long DIRECTORY_NUMBER = 0;

  private final Seals seals;
  private final PackId id;
  private final PackHeader header;
  private final byte[] bytes;
  private final Seals.Sealer sealer;
  private final List<Frame> frames = new ArrayList<>();
  private int end = PackHeader.BYTES;

  /// @param directorySalt random, never used before
  /// @param bytes memory of [#MAX_BYTES] that is the pack's until it is closed
  PackBuilder(Seals seals, PackId id, Bits128 directorySalt, byte[] bytes) {
    assert bytes.length == MAX_BYTES;
    this.seals = seals;
    this.id = id;
    this.header = new PackHeader(id, seals.scheme(), seals.keyId(), directorySalt);
    this.bytes = bytes;
    this.sealer = id.kind().sealer(seals, id.salt());
    System.arraycopy(header.encode(), 0, bytes, 0, PackHeader.BYTES);
  }

  PackId id() {
    return id;
  }

  /// Its memory; the pack is what it says to be long once it is finished.
  byte[] bytes() {
    return bytes;
  }

  /// Whether a frame of this length, before sealing, still fits.
  boolean fits(int length) {
    long directory = (frames.size() + 1L) * PackDirectory.MAX_BYTES_PER_FRAME + 16;
    return frames.size() < PackDirectory.MAX_FRAMES
        && end + (long) length + Seals.TAG_BYTES + directory + Seals.TAG_BYTES + PackFooter.BYTES
            <= MAX_BYTES;
  }

  /// Seals a frame into the pack, which it has to fit in.
  Frame add(
      FrameKind kind, int level, long position, int plainLength, FrameEncoder.Encoded encoded) {
    if (!fits(encoded.length())) {
      throw new IllegalStateException("frame does not fit pack=" + id);
    }
    Frame frame =
        new Frame(
            frames.size(),
            kind,
            encoded.compressed(),
            level,
            position,
            end,
            encoded.length() + Seals.TAG_BYTES,
            plainLength);
    sealer.seal(frame.number(), frame.bound(id), encoded.bytes(), 0, encoded.length(), bytes, end);
    end += frame.storedLength();
    frames.add(frame);
    return frame;
  }

  /// Writes the directory and the footer.
  ///
  /// @return the length of the pack
  int finish() {
    byte[] directory = PackDirectory.encode(frames);
    int offset = end;
    try (Seals.Sealer directorySealer = id.kind().sealer(seals, header.directorySalt().bytes())) {
      directorySealer.seal(
          DIRECTORY_NUMBER, header.encode(), directory, 0, directory.length, bytes, end);
    }
    int sealedLength = directory.length + Seals.TAG_BYTES;
    end += sealedLength;
    PackFooter footer =
        new PackFooter(
            offset,
            sealedLength,
            frames.size(),
            end + PackFooter.BYTES,
            Checksums.crc32c(bytes, 0, end));
    System.arraycopy(footer.encode(), 0, bytes, end, PackFooter.BYTES);
    end += PackFooter.BYTES;
    return end;
  }

  @Override
  public void close() {
    sealer.close();
  }
}
