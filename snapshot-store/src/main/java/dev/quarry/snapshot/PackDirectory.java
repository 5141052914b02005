package dev.quarry.snapshot;

import dev.quarry.volume.ChunkLayout;
import java.util.ArrayList;
import java.util.List;

/// The list of a pack's frames, by which the pack can be understood without any page.
///
/// ```
/// varint n, then columns of n:
///   varint number: the first as it is, later ones less the one before less 1
///   u8 kind, with bit 7 if compressed
///   varint level (pages only)
///   zigzag position, less the one before
///   varint offset, less the end of the frame before (for the first, less the header's 80 bytes)
///   varint stored length
///   varint size: blocks of a DELTA; nothing for a FULL; contents' length for others
/// ```
final class PackDirectory {
  private static final int COMPRESSED = 0x80;

  /// The most frames in a pack: a bound on the directory, some hundred KiB.
  static final int MAX_FRAMES = 32 * 1024;

  /// What a frame may add to the directory at most: nine bytes for the position, five for each of
  /// four numbers, one for the kind.
  static final int MAX_BYTES_PER_FRAME = 30;

  private PackDirectory() {}

  static byte[] encode(List<Frame> frames) {
    FieldWriter out = new FieldWriter().varint(frames.size());
    int number = -1;
    for (Frame frame : frames) {
      out.varint(frame.number() - number - 1);
      number = frame.number();
    }
    frames.forEach(frame -> out.u8(kindAndCodec(frame.kind(), frame.compressed())));
    frames.stream()
        .filter(frame -> frame.kind().isPage())
        .forEach(frame -> out.varint(frame.level()));
    long position = 0;
    for (Frame frame : frames) {
      out.zigzag(frame.position() - position);
      position = frame.position();
    }
    int end = PackHeader.BYTES;
    for (Frame frame : frames) {
      out.varint(frame.offset() - end);
      end = frame.end();
    }
    frames.forEach(frame -> out.varint(frame.storedLength()));
    frames.forEach(frame -> putSize(out, frame.kind(), frame.plainLength()));
    return out.toByteArray();
  }

  static List<Frame> decode(String object, byte[] bytes, PackFooter footer) {
    FieldReader in = new FieldReader(object, bytes);
    int n = in.varint(MAX_FRAMES);
    in.check(n == footer.frameCount(), "pack has another number of frames than its footer says");
    int[] numbers = new int[n];
    for (int i = 0, next = 0; i < n; i++) {
      numbers[i] = next + in.varint(MAX_FRAMES - 1 - next);
      next = Math.min(numbers[i] + 1, MAX_FRAMES - 1);
    }
    FrameKind[] kinds = new FrameKind[n];
    boolean[] compressed = new boolean[n];
    for (int i = 0; i < n; i++) {
      int kindAndCodec = in.u8();
      kinds[i] = kind(kindAndCodec, in);
      compressed[i] = isCompressed(kindAndCodec);
    }
    int[] levels = new int[n];
    for (int i = 0; i < n; i++) {
      levels[i] = kinds[i].isPage() ? in.varint(ManifestLayout.MAX_LEVEL) : 0;
    }
    long[] positions = new long[n];
    for (int i = 0; i < n; i++) {
      positions[i] = in.zigzag() + (i == 0 ? 0 : positions[i - 1]);
      in.check(positions[i] >= 0, "frame has no place");
    }
    int[] gaps = new int[n];
    for (int i = 0; i < n; i++) {
      gaps[i] = in.varint(footer.directoryOffset());
    }
    List<Frame> frames = new ArrayList<>(n);
    int[] lengths = new int[n];
    for (int i = 0; i < n; i++) {
      lengths[i] = in.varint(footer.directoryOffset());
    }
    long end = PackHeader.BYTES;
    for (int i = 0; i < n; i++) {
      long offset = end + gaps[i];
      end = offset + lengths[i];
      in.check(end <= footer.directoryOffset(), "frame lies outside of its pack");
      Frame frame =
          new Frame(
              numbers[i],
              kinds[i],
              compressed[i],
              levels[i],
              positions[i],
              (int) offset,
              lengths[i],
              size(in, kinds[i]));
      frames.add(frame);
    }
    in.end();
    return frames;
  }

  static int kindAndCodec(FrameKind kind, boolean compressed) {
    return kind.code() | (compressed ? COMPRESSED : 0);
  }

  static FrameKind kind(int kindAndCodec, FieldReader in) {
    return FrameKind.of(kindAndCodec & ~COMPRESSED, in);
  }

  static boolean isCompressed(int kindAndCodec) {
    return (kindAndCodec & COMPRESSED) != 0;
  }

  static void putSize(FieldWriter out, FrameKind kind, int plainLength) {
    switch (kind) {
      case FULL -> {}
      case DELTA -> out.varint(Frame.blockCount(plainLength));
      case LEAF, INNER, HEAT, TRACE -> out.varint(plainLength);
    }
  }

  static int size(FieldReader in, FrameKind kind) {
    return switch (kind) {
      case FULL -> ChunkLayout.CHUNK_BYTES;
      case DELTA -> {
        int blocks = in.varint(ChunkLayout.BLOCKS_PER_CHUNK);
        in.check(blocks > 0, "delta without blocks");
        yield Frame.deltaLength(blocks);
      }
      case LEAF, INNER, HEAT, TRACE -> in.varint(FrameEncoder.MAX_PLAIN_BYTES);
    };
  }
}
