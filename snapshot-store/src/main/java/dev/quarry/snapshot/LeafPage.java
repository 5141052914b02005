package dev.quarry.snapshot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Which frames the 256 chunks of a leaf are made of.
///
/// ```
/// u8 version 1, varint index
/// pack table
/// 256 × u8: 0 hole, 1 zeros, 2 trimmed, 2 + f for f frames
/// columns of all frames: the chunks' in order, a chunk's oldest first
/// ```
///
/// @param index which leaf
/// @param entries 256, one for each chunk
record LeafPage(long index, List<ChunkEntry> entries) implements Page {
  static final int VERSION = 1;
  private static final int HOLE = 0;
  private static final int ZERO = 1;
  private static final int TRIMMED = 2;

  /// The most frames a chunk can have in this format.
  static final int MAX_FRAMES_PER_CHUNK = 255 - TRIMMED;

  LeafPage {
    entries = List.copyOf(entries);
    if (entries.size() != ManifestLayout.FANOUT) {
      throw new IllegalArgumentException("a leaf has 256 chunks, not " + entries.size());
    }
  }

  /// A leaf of holes.
  static LeafPage empty(long index) {
    ChunkEntry[] holes = new ChunkEntry[ManifestLayout.FANOUT];
    Arrays.fill(holes, ChunkEntry.HOLE);
    return new LeafPage(index, List.of(holes));
  }

  @Override
  public int level() {
    return 0;
  }

  @Override
  public long memoryBytes() {
    long frames = 0;
    for (ChunkEntry entry : entries) {
      frames += entry instanceof ChunkEntry.Framed framed ? framed.frames().size() : 0;
    }
    return (ManifestLayout.FANOUT + frames) * REFERENCE_BYTES;
  }

  ChunkEntry entry(long chunk) {
    return entries.get(ManifestLayout.slotInLeaf(chunk));
  }

  @Override
  public boolean isEmpty() {
    return entries.stream().allMatch(entry -> entry instanceof ChunkEntry.Hole);
  }

  @Override
  public long dataChunkCount() {
    return entries.stream().filter(entry -> entry instanceof ChunkEntry.Framed).count();
  }

  @Override
  public byte[] encode() {
    PackTable.Builder packs = new PackTable.Builder();
    List<FrameRef> refs = new ArrayList<>();
    FieldWriter states = new FieldWriter();
    for (ChunkEntry entry : entries) {
      states.u8(stateOf(entry));
      if (entry instanceof ChunkEntry.Framed framed) {
        refs.addAll(framed.frames());
      }
    }
    FieldWriter columns = new FieldWriter();
    FrameColumns.write(columns, packs, refs);
    FieldWriter out = new FieldWriter().u8(VERSION).varint(index);
    packs.write(out);
    return out.raw(states.toByteArray()).raw(columns.toByteArray()).toByteArray();
  }

  static LeafPage decode(String object, long index, byte[] bytes) {
    FieldReader in = new FieldReader(object, bytes);
    in.check(in.u8() == VERSION, "leaf page of an unknown version");
    in.check(in.varint() == index, "another leaf page lies here");
    List<PackRef> packs = PackTable.read(in);
    int[] states = new int[ManifestLayout.FANOUT];
    int n = 0;
    for (int i = 0; i < states.length; i++) {
      states[i] = in.u8();
      n += Math.max(0, states[i] - TRIMMED);
    }
    int[] slots = new int[n];
    for (int i = 0, at = 0; i < states.length; i++) {
      for (int f = states[i] - TRIMMED; f > 0; f--) {
        slots[at++] = i;
      }
    }
    long firstChunk = ManifestLayout.firstLeaf(index, 1);
    List<FrameRef> refs = FrameColumns.read(in, packs, n, 0, i -> firstChunk + slots[(int) i]);
    in.end();
    List<ChunkEntry> entries = new ArrayList<>(states.length);
    int at = 0;
    for (int state : states) {
      int frameCount = Math.max(0, state - TRIMMED);
      entries.add(entryOf(in, state, refs.subList(at, at + frameCount)));
      at += frameCount;
    }
    return new LeafPage(index, entries);
  }

  private static int stateOf(ChunkEntry entry) {
    return switch (entry) {
      case ChunkEntry.Hole _ -> HOLE;
      case ChunkEntry.Zero(boolean trimmed) -> trimmed ? TRIMMED : ZERO;
      case ChunkEntry.Framed(List<FrameRef> frames) -> {
        if (frames.size() > MAX_FRAMES_PER_CHUNK) {
          throw new IllegalArgumentException("too many frames frames=" + frames.size());
        }
        yield TRIMMED + frames.size();
      }
    };
  }

  private static ChunkEntry entryOf(FieldReader in, int state, List<FrameRef> frames) {
    return switch (state) {
      case HOLE -> ChunkEntry.HOLE;
      case ZERO -> ChunkEntry.ZERO;
      case TRIMMED -> new ChunkEntry.Zero(true);
      default -> {
        for (int i = 0; i < frames.size(); i++) {
          FrameKind kind = frames.get(i).frame().kind();
          in.check(
              kind == FrameKind.DELTA || (kind == FrameKind.FULL && i == 0),
              "chunk is made of something else than one FULL and DELTAs");
        }
        yield new ChunkEntry.Framed(frames);
      }
    };
  }
}
