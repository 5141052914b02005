package dev.quarry.snapshot;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a snapshot carries of how its volume was used, for those who restore it: a restored volume
/// then fetches first what will be asked for first.
///
/// @param heat two bits for each chunk, chunk 0 in the lowest two of the first byte: 0 cold to 3
///   hot. Chunks behind its end are cold.
/// @param trace the chunks that were read first after an attach, in that order
public record Hints(byte[] heat, List<Long> trace) {
  /// Nothing is known.
  public static final Hints NONE = new Hints(new byte[0], List.of());

  /// A boot reads some hundred MB: enough for 64 GiB in chunks.
  public static final int MAX_TRACE = 65_536;

  /// How much of a heat map is in a frame, in bytes: 2 Mi chunks, 1 TiB.
  static final int HEAT_FRAME_BYTES = 512 * 1024;

  /// The most parts a heat map has: those of 64 TiB.
  static final int MAX_HEAT_FRAMES = 64;

  static final int MAX_HEAT_BYTES = MAX_HEAT_FRAMES * HEAT_FRAME_BYTES;

  public Hints {
    trace = List.copyOf(trace);
    if (trace.size() > MAX_TRACE || heat.length > MAX_HEAT_BYTES) {
      throw new IllegalArgumentException(
          "hints are too long trace=%d heat=%d".formatted(trace.size(), heat.length));
    }
  }

  /// How warm a chunk is, 0 to 3.
  public int heatOf(long chunk) {
    long at = chunk / 4;
    return at < heat.length ? heat[(int) at] >>> 2 * (int) (chunk % 4) & 3 : 0;
  }

  List<FrameRef> writeHeat(FramePacker frames) {
    List<FrameRef> refs = new ArrayList<>();
    for (int at = 0; at < heat.length; at += HEAT_FRAME_BYTES) {
      int length = Math.min(HEAT_FRAME_BYTES, heat.length - at);
      byte[] part = new byte[length];
      System.arraycopy(heat, at, part, 0, length);
      refs.add(frames.add(FrameKind.HEAT, 0, refs.size(), part, length));
    }
    return refs;
  }

  /// Writes the trace: its length, then for each chunk the zigzag difference from the one before.
  Optional<FrameRef> writeTrace(FramePacker frames) {
    if (trace.isEmpty()) {
      return Optional.empty();
    }
    FieldWriter out = new FieldWriter().varint(trace.size());
    long last = 0;
    for (long chunk : trace) {
      out.zigzag(chunk - last);
      last = chunk;
    }
    byte[] bytes = out.toByteArray();
    return Optional.of(frames.add(FrameKind.TRACE, 0, 0, bytes, bytes.length));
  }

  static Hints read(FrameFetcher frames, SnapshotRoot root) {
    FieldWriter heat = new FieldWriter();
    for (FrameRef ref : root.heat()) {
      if (ref.frame().plainLength() > HEAT_FRAME_BYTES) {
        throw new SnapshotException.Corrupt(
            ref.pack().stored().objectName(), "part of a heat map is too long");
      }
      heat.raw(frames.fetch(ref));
    }
    List<Long> trace = root.trace().map(ref -> readTrace(frames, ref)).orElse(List.of());
    return new Hints(heat.toByteArray(), trace);
  }

  private static List<Long> readTrace(FrameFetcher frames, FrameRef ref) {
    FieldReader in = new FieldReader(ref.pack().stored().objectName(), frames.fetch(ref));
    List<Long> trace = new ArrayList<>();
    long last = 0;
    for (int i = in.varint(MAX_TRACE); i > 0; i--) {
      last += in.zigzag();
      in.check(last >= 0, "no such chunk");
      trace.add(last);
    }
    in.end();
    return trace;
  }
}
