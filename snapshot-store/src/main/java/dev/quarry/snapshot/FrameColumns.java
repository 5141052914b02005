package dev.quarry.snapshot;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;

/// References to frames, one column after the other, so that what repeats lies together.
///
/// ```
/// columns of n, where the page tells n:
///   varint pack, an index in the pack table
///   u8 kind, with bit 7 if compressed
///   zigzag number, less the number after the last one in the same pack
///   zigzag offset, less the end of the last one in the same pack (for the first: as it is)
///   varint stored length
///   varint size: blocks of a DELTA; nothing for a FULL; contents' length for others
/// ```
final class FrameColumns {
  private FrameColumns() {}

  static void write(FieldWriter out, PackTable.Builder packs, List<FrameRef> refs) {
    refs.forEach(ref -> out.varint(packs.index(ref.pack())));
    for (FrameRef ref : refs) {
      out.u8(PackDirectory.kindAndCodec(ref.frame().kind(), ref.frame().compressed()));
    }
    Map<PackRef, Long> last = new HashMap<>();
    for (FrameRef ref : refs) {
      out.zigzag(ref.frame().number() - last.getOrDefault(ref.pack(), 0L));
      last.put(ref.pack(), ref.frame().number() + 1L);
    }
    last.clear();
    for (FrameRef ref : refs) {
      out.zigzag(ref.frame().offset() - last.getOrDefault(ref.pack(), 0L));
      last.put(ref.pack(), (long) ref.frame().end());
    }
    refs.forEach(ref -> out.varint(ref.frame().storedLength()));
    refs.forEach(ref -> PackDirectory.putSize(out, ref.frame().kind(), ref.frame().plainLength()));
  }

  /// @param level the level of the pages that are referred to; 0 for chunks
  /// @param positionOf the position of the nth frame
  static List<FrameRef> read(
      FieldReader in, List<PackRef> packs, int n, int level, LongUnaryOperator positionOf) {
    List<PackRef> pack = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      pack.add(PackTable.pick(in, packs));
    }
    int[] kinds = new int[n];
    for (int i = 0; i < n; i++) {
      kinds[i] = in.u8();
    }
    Map<PackRef, Long> last = new HashMap<>();
    long[] numbers = new long[n];
    for (int i = 0; i < n; i++) {
      numbers[i] = in.zigzag() + last.getOrDefault(pack.get(i), 0L);
      in.check(numbers[i] >= 0 && numbers[i] < PackDirectory.MAX_FRAMES, "frame has no number");
      last.put(pack.get(i), numbers[i] + 1);
    }
    long[] offsetDeltas = new long[n];
    for (int i = 0; i < n; i++) {
      offsetDeltas[i] = in.zigzag();
    }
    int[] lengths = new int[n];
    for (int i = 0; i < n; i++) {
      lengths[i] = in.varint(PackBuilder.MAX_BYTES);
    }
    last.clear();
    List<FrameRef> refs = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      long offset = offsetDeltas[i] + last.getOrDefault(pack.get(i), 0L);
      long end = offset + lengths[i];
      in.check(
          offset >= PackHeader.BYTES && end <= PackBuilder.MAX_BYTES,
          "frame lies outside of its pack");
      last.put(pack.get(i), end);
      FrameKind kind = PackDirectory.kind(kinds[i], in);
      boolean compressed = PackDirectory.isCompressed(kinds[i]);
      Frame frame =
          new Frame(
              (int) numbers[i],
              kind,
              compressed,
              level,
              positionOf.applyAsLong(i),
              (int) offset,
              lengths[i],
              PackDirectory.size(in, kind));
      refs.add(new FrameRef(pack.get(i), frame));
    }
    return refs;
  }
}
