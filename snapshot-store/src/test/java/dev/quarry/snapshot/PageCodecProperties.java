package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.volume.ChunkLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class PageCodecProperties {
  @Property(tries = 200)
  void leaf_encoded_decodesToItself(@ForAll long seed, @ForAll @IntRange(max = 9) int frames) {
    LeafPage leaf = leaf(new Random(seed), frames);
    byte[] bytes = leaf.encode();
    assertEquals(leaf, LeafPage.decode("p", leaf.index(), bytes));
  }

  @Property(tries = 200)
  void inner_encoded_decodesToItself(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int level) {
    InnerPage page = inner(new Random(seed), level);
    assertEquals(page, InnerPage.decode("p", level, page.index(), page.encode()));
  }

  @Property(tries = 200)
  void page_ofGarbage_isRefusedAsCorrupt(@ForAll long seed, @ForAll @IntRange(max = 4000) int at) {
    Random random = new Random(seed);
    byte[] bytes = leaf(random, 3).encode();
    bytes[at % bytes.length] ^= (byte) (1 + random.nextInt(255));
    decodesOrIsRefused(bytes);
    decodesOrIsRefused(Samples.bytes((int) seed, at));
  }

  @Property(tries = 20)
  void leaf_ofOneFullFrameEach_takesLessThanSixteenBytesAChunk(@ForAll long seed) {
    Random random = new Random(seed);
    List<ChunkEntry> entries = new ArrayList<>();
    int offset = 80;
    for (int i = 0; i < 256; i++) {
      int length = 200_000 + random.nextInt(100_000);
      if (offset + length > PackBuilder.MAX_BYTES) {
        offset = 80;
      }
      PackRef pack = PackRef.of(Samples.pack(PackKind.DATA, i / 60));
      entries.add(
          new ChunkEntry.Framed(
              List.of(
                  new FrameRef(
                      pack,
                      new Frame(
                          i % 60,
                          FrameKind.FULL,
                          true,
                          0,
                          i,
                          offset,
                          length,
                          ChunkLayout.CHUNK_BYTES)))));
      offset += length;
    }
    LeafPage leaf = new LeafPage(0, entries);
    byte[] bytes = leaf.encode();
    assertEquals(leaf, LeafPage.decode("p", 0, bytes));
    assertTrue(bytes.length < 16 * 256, "bytes " + bytes.length);
  }

  private static void decodesOrIsRefused(byte[] bytes) {
    try {
      LeafPage.decode("p", 0, bytes);
    } catch (SnapshotException.Corrupt e) {
      assertTrue(e.getMessage().contains("object=p"));
    }
  }

  static LeafPage leaf(Random random, int maxFrames) {
    long index = random.nextInt(1000);
    List<ChunkEntry> entries = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      long chunk = index * 256 + i;
      entries.add(
          switch (random.nextInt(4)) {
            case 0 -> ChunkEntry.HOLE;
            case 1 -> new ChunkEntry.Zero(random.nextBoolean());
            default -> maxFrames == 0 ? ChunkEntry.HOLE : framed(random, chunk, maxFrames);
          });
    }
    return new LeafPage(index, entries);
  }

  private static ChunkEntry framed(Random random, long chunk, int maxFrames) {
    List<FrameRef> refs = new ArrayList<>();
    int n = 1 + random.nextInt(maxFrames);
    for (int i = 0; i < n; i++) {
      boolean full = i == 0 && random.nextBoolean();
      int plain = full ? ChunkLayout.CHUNK_BYTES : Frame.deltaLength(1 + random.nextInt(128));
      refs.add(ref(random, full ? FrameKind.FULL : FrameKind.DELTA, 0, chunk, plain));
    }
    return new ChunkEntry.Framed(refs);
  }

  static FrameRef ref(Random random, FrameKind kind, int level, long position, int plainLength) {
    PackKind packKind = random.nextBoolean() ? PackKind.DATA : PackKind.MANIFEST;
    PackId id =
        new PackId(
            random.nextBoolean() ? Samples.VOLUME : Samples.OTHER_VOLUME,
            1 + random.nextInt(3),
            random.nextInt(2) - 1L,
            packKind,
            random.nextInt(3));
    boolean moved = random.nextInt(3) == 0;
    PackId stored = moved ? new PackId(Samples.VOLUME, 9, 77, packKind, random.nextInt(100)) : id;
    int length = 16 + random.nextInt(500_000);
    int offset = 80 + random.nextInt(PackBuilder.MAX_BYTES - 80 - length);
    return new FrameRef(
        new PackRef(id, stored),
        new Frame(
            random.nextInt(PackDirectory.MAX_FRAMES),
            kind,
            random.nextBoolean(),
            level,
            position,
            offset,
            length,
            plainLength));
  }

  private static InnerPage inner(Random random, int level) {
    long index = random.nextInt(100);
    List<Optional<PageRef>> children = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      FrameKind kind = level == 1 ? FrameKind.LEAF : FrameKind.INNER;
      children.add(
          random.nextBoolean()
              ? Optional.empty()
              : Optional.of(
                  new PageRef(
                      ref(random, kind, level - 1, index * 256 + i, random.nextInt(10_000)),
                      new Bits128(random.nextLong(), random.nextLong()),
                      random.nextInt(1_000_000))));
    }
    return new InnerPage(level, index, children);
  }
}
