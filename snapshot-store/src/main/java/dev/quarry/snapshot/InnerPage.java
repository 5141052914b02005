package dev.quarry.snapshot;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The 256 pages under a page.
///
/// ```
/// u8 version 1, u8 level, varint index
/// pack table
/// 32 bytes, a bit for each child that is there, child 0 in the lowest bit of the first byte
/// columns of the children's frames
/// varint data chunks × n, 16 bytes hash × n
/// ```
///
/// @param level its height above the leaves, at least 1
/// @param index which page of that level
/// @param children 256; absent where all chunks are holes
record InnerPage(int level, long index, List<Optional<PageRef>> children) implements Page {
  static final int VERSION = 1;
  private static final int BITMAP_BYTES = ManifestLayout.FANOUT / 8;

  InnerPage {
    children = List.copyOf(children);
    if (children.size() != ManifestLayout.FANOUT || level < 1) {
      throw new IllegalArgumentException("bad page level=" + level);
    }
  }

  @Override
  public long memoryBytes() {
    return 2L * ManifestLayout.FANOUT * REFERENCE_BYTES;
  }

  @Override
  public boolean isEmpty() {
    return children.stream().allMatch(Optional::isEmpty);
  }

  @Override
  public long dataChunkCount() {
    return children.stream().flatMap(Optional::stream).mapToLong(PageRef::dataChunkCount).sum();
  }

  @Override
  public byte[] encode() {
    PackTable.Builder packs = new PackTable.Builder();
    byte[] present = new byte[BITMAP_BYTES];
    List<PageRef> refs = new ArrayList<>();
    for (int i = 0; i < children.size(); i++) {
      if (children.get(i).isPresent()) {
        present[i / 8] |= (byte) (1 << i % 8);
        refs.add(children.get(i).get());
      }
    }
    FieldWriter columns = new FieldWriter();
    FrameColumns.write(columns, packs, refs.stream().map(PageRef::where).toList());
    refs.forEach(ref -> columns.varint(ref.dataChunkCount()));
    refs.forEach(ref -> columns.bits(ref.hash()));
    FieldWriter out = new FieldWriter().u8(VERSION).u8(level).varint(index);
    packs.write(out);
    return out.raw(present).raw(columns.toByteArray()).toByteArray();
  }

  static InnerPage decode(String object, int level, long index, byte[] bytes) {
    FieldReader in = new FieldReader(object, bytes);
    in.check(in.u8() == VERSION, "inner page of an unknown version");
    in.check(in.u8() == level && in.varint() == index, "another inner page lies here");
    List<PackRef> packs = PackTable.read(in);
    byte[] present = in.raw(BITMAP_BYTES);
    List<Integer> slots = new ArrayList<>();
    for (int i = 0; i < ManifestLayout.FANOUT; i++) {
      if ((present[i / 8] >>> i % 8 & 1) != 0) {
        slots.add(i);
      }
    }
    int n = slots.size();
    long first = index * ManifestLayout.FANOUT;
    List<FrameRef> refs =
        FrameColumns.read(in, packs, n, level - 1, i -> first + slots.get((int) i));
    long[] dataChunks = new long[n];
    for (int i = 0; i < n; i++) {
      dataChunks[i] = in.varint();
    }
    List<Optional<PageRef>> children = new ArrayList<>();
    for (int i = 0; i < ManifestLayout.FANOUT; i++) {
      children.add(Optional.empty());
    }
    for (int i = 0; i < n; i++) {
      FrameRef ref = refs.get(i);
      in.check(
          ref.frame().kind() == FrameKind.ofPage(level - 1),
          "page refers to something else than pages");
      children.set(slots.get(i), Optional.of(new PageRef(ref, in.bits(), dataChunks[i])));
    }
    in.end();
    return new InnerPage(level, index, children);
  }
}
