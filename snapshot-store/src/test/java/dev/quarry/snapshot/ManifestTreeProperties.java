package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.objects.MemoryStore;
import dev.quarry.volume.ChunkLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/// Trees against a map of chunks, over the whole range of 64 TiB.
class ManifestTreeProperties {
  private static final long MAX_CHUNKS = ChunkLayout.chunkCount(ChunkLayout.MAX_VOLUME_BYTES);

  private final Seals seals = Samples.plain();

  /// A tree that was written, and what it says.
  private record Tree(
      Optional<PageRef> top, SortedMap<PackRef, Long> packs, Map<Long, ChunkEntry> chunks) {}

  @Property(tries = 25)
  void tree_afterAnyChanges_saysWhatItsChunksAre(@ForAll long seed) {
    Random random = new Random(seed);
    MemoryStore store = MemoryStore.create();
    List<Tree> trees = new ArrayList<>();
    trees.add(new Tree(Optional.empty(), SnapshotRoot.packMap(), Map.of()));
    long chunkCount = 1L << random.nextInt(20);
    for (int seq = 1; seq <= 6; seq++) {
      chunkCount = Math.min(MAX_CHUNKS, chunkCount << random.nextInt(8));
      trees.add(change(store, trees.getLast(), seq, chunkCount, random));
    }
    ManifestReader reader = reader(store);
    for (Tree tree : trees) {
      assertEquals(tree.chunks, walked(reader, tree.top), "walk");
      for (long chunk : tree.chunks.keySet()) {
        assertEquals(tree.chunks.get(chunk), entry(reader, tree.top, chunk), "look-up");
      }
      assertEquals(ChunkEntry.HOLE, entry(reader, tree.top, MAX_CHUNKS - 1), "never written");
      assertEquals(
          tree.chunks.values().stream().filter(e -> e instanceof ChunkEntry.Framed).count(),
          tree.top.map(PageRef::dataChunkCount).orElse(0L));
      assertEquals(livePages(reader, tree.top), tree.packs, "packs of pages");
    }
    for (int i = 0; i < trees.size(); i++) {
      Tree one = trees.get(i);
      Tree other = trees.get(random.nextInt(trees.size()));
      assertEquals(
          differences(one.chunks, other.chunks), diffed(reader, one.top, other.top), "diff");
    }
  }

  @Example
  void tree_withOneChangedChunk_writesOnePageOfEachLevel() {
    MemoryStore store = MemoryStore.create();
    Random random = new Random(1);
    Tree before = new Tree(Optional.empty(), SnapshotRoot.packMap(), Map.of());
    Map<Long, ChunkEntry> chunks = new HashMap<>();
    for (long i = 0; i < 2000; i++) {
      chunks.put(i * 65_536, framed(1, i * 65_536, random));
    }
    Tree full = write(store, before, 1, MAX_CHUNKS, chunks, false);
    Tree next =
        write(
            store, full, 2, MAX_CHUNKS, Map.of(65_536L * 7, framed(2, 65_536L * 7, random)), false);
    assertEquals(4, pages(store, 2));
    Tree same =
        write(store, next, 3, MAX_CHUNKS, Map.of(65_536L * 7, next.chunks.get(65_536L * 7)), false);
    assertEquals(next.top, same.top);
    assertEquals(0, pages(store, 3));
  }

  @Example
  void tree_writtenAnew_liesInItsOwnPacksAndSaysTheSame() {
    MemoryStore store = MemoryStore.create();
    Random random = new Random(2);
    Tree tree = new Tree(Optional.empty(), SnapshotRoot.packMap(), Map.of());
    for (int seq = 1; seq <= 5; seq++) {
      tree = change(store, tree, seq, 1 << 20, random);
    }
    assertTrue(tree.packs.size() > 1);
    Tree anew = write(store, tree, 6, 1 << 20, Map.of(), true);
    assertEquals(1, anew.packs.size());
    assertEquals(tree.top.map(PageRef::hash).isPresent(), anew.top.isPresent());
    assertEquals(tree.chunks, walked(reader(store), anew.top));
  }

  @Example
  void cache_readAllOver_staysWithinItsBound() {
    MemoryStore store = MemoryStore.create();
    Random random = new Random(3);
    Map<Long, ChunkEntry> chunks = new HashMap<>();
    for (int i = 0; i < 3000; i++) {
      long chunk = random.nextLong(MAX_CHUNKS);
      chunks.put(chunk, framed(1, chunk, random));
    }
    Tree tree =
        write(
            store,
            new Tree(Optional.empty(), SnapshotRoot.packMap(), Map.of()),
            1,
            MAX_CHUNKS,
            chunks,
            false);
    PageCache cache = new PageCache(100_000);
    ManifestReader reader = new ManifestReader(Samples.frames(store, seals), cache);
    for (long chunk : chunks.keySet()) {
      assertEquals(chunks.get(chunk), entry(reader, tree.top, chunk));
      assertTrue(cache.sizeBytes() <= 100_000);
    }
  }

  private static PackMemory.Turn turn() {
    return new PackMemory(2).turn(2, new StopFlag());
  }

  private Tree change(MemoryStore store, Tree before, int seq, long chunkCount, Random random) {
    Map<Long, ChunkEntry> changes = new HashMap<>();
    for (int i = random.nextInt(60); i > 0; i--) {
      long chunk =
          random.nextBoolean() || before.chunks.isEmpty()
              ? random.nextLong(chunkCount)
              : List.copyOf(before.chunks.keySet()).get(random.nextInt(before.chunks.size()));
      changes.put(
          chunk,
          switch (random.nextInt(5)) {
            case 0 -> ChunkEntry.HOLE;
            case 1 -> ChunkEntry.ZERO;
            default -> framed(seq, chunk, random);
          });
    }
    return write(store, before, seq, chunkCount, changes, random.nextInt(6) == 0);
  }

  private Tree write(
      MemoryStore store,
      Tree before,
      int seq,
      long chunkCount,
      Map<Long, ChunkEntry> changes,
      boolean anew) {
    ManifestReader reader = reader(store);
    try (PackUploads uploads =
        new PackUploads(store, seals, Samples.VOLUME, seq, seq, new Random(seq), turn())) {
      FramePacker pages = new FramePacker(uploads, PackKind.MANIFEST);
      int level =
          Math.max(ManifestLayout.topLevel(chunkCount), before.top.map(PageRef::level).orElse(0));
      ManifestWriter writer =
          new ManifestWriter(
              reader,
              seals,
              (kind, l, index, page) -> pages.add(kind, l, index, page, page.length),
              before.top,
              before.packs,
              level,
              anew);
      ParentLeaves leaves = new ParentLeaves(reader, before.top);
      TreeSet<Long> indexes = new TreeSet<>();
      changes.keySet().forEach(chunk -> indexes.add(ManifestLayout.leafOf(chunk)));
      for (long leaf = leaves.next(0);
          anew && leaf != Long.MAX_VALUE;
          leaf = leaves.next(leaf + 1)) {
        indexes.add(leaf);
      }
      for (long index : indexes) {
        List<ChunkEntry> entries = new ArrayList<>(leaves.at(index).entries());
        for (int slot = 0; slot < 256; slot++) {
          ChunkEntry change = changes.get(index * 256 + slot);
          if (change != null) {
            entries.set(slot, change);
          }
        }
        writer.put(new LeafPage(index, entries));
      }
      Optional<PageRef> top = writer.finish();
      pages.flush();
      uploads.awaitAll();
      Map<Long, ChunkEntry> chunks = new TreeMap<>(before.chunks);
      chunks.putAll(changes);
      chunks.values().removeIf(entry -> entry instanceof ChunkEntry.Hole);
      SortedMap<PackRef, Long> packs = SnapshotRoot.packMap();
      packs.putAll(writer.manifestPacks());
      return new Tree(top, packs, chunks);
    }
  }

  private static ChunkEntry framed(int seq, long chunk, Random random) {
    PackRef pack =
        PackRef.of(new PackId(Samples.VOLUME, seq, seq, PackKind.DATA, random.nextInt(3)));
    return new ChunkEntry.Framed(
        List.of(
            new FrameRef(
                pack,
                new Frame(
                    random.nextInt(100),
                    FrameKind.FULL,
                    true,
                    0,
                    chunk,
                    80 + random.nextInt(1000),
                    100,
                    ChunkLayout.CHUNK_BYTES))));
  }

  private ManifestReader reader(MemoryStore store) {
    return new ManifestReader(Samples.frames(store, seals), new PageCache(1 << 20));
  }

  private static ChunkEntry entry(ManifestReader reader, Optional<PageRef> top, long chunk) {
    return reader
        .leaf(top, ManifestLayout.leafOf(chunk))
        .map(leaf -> leaf.entry(chunk))
        .orElse(ChunkEntry.HOLE);
  }

  private static Map<Long, ChunkEntry> walked(ManifestReader reader, Optional<PageRef> top) {
    Map<Long, ChunkEntry> chunks = new TreeMap<>();
    new ManifestWalk(reader)
        .leaves(
            top,
            leaf -> {
              for (int slot = 0; slot < 256; slot++) {
                if (!(leaf.entries().get(slot) instanceof ChunkEntry.Hole)) {
                  chunks.put(leaf.index() * 256 + slot, leaf.entries().get(slot));
                }
              }
            });
    return chunks;
  }

  private static SortedMap<PackRef, Long> livePages(ManifestReader reader, Optional<PageRef> top) {
    SortedMap<PackRef, Long> live = SnapshotRoot.packMap();
    top.ifPresent(ref -> countPages(reader, ref, live));
    return live;
  }

  private static void countPages(
      ManifestReader reader, PageRef ref, SortedMap<PackRef, Long> live) {
    live.merge(ref.where().pack(), (long) ref.where().frame().storedLength(), Long::sum);
    if (ref.level() > 0) {
      reader.inner(ref).children().stream()
          .flatMap(Optional::stream)
          .forEach(child -> countPages(reader, child, live));
    }
  }

  private static Map<Long, ChunkEntry> differences(
      Map<Long, ChunkEntry> before, Map<Long, ChunkEntry> after) {
    Map<Long, ChunkEntry> differences = new TreeMap<>();
    before.keySet().stream()
        .filter(chunk -> !after.containsKey(chunk))
        .forEach(chunk -> differences.put(chunk, ChunkEntry.HOLE));
    after.forEach((chunk, entry) -> {
      if (!entry.equals(before.get(chunk))) {
        differences.put(chunk, entry);
      }
    });
    return differences;
  }

  private static Map<Long, ChunkEntry> diffed(
      ManifestReader reader, Optional<PageRef> before, Optional<PageRef> after) {
    Map<Long, ChunkEntry> differences = new TreeMap<>();
    new ManifestWalk(reader)
        .differences(
            0,
            before,
            after,
            (chunk, _, entry) -> {
              differences.put(chunk, entry);
              return true;
            });
    return differences;
  }

  private int pages(MemoryStore store, int seq) {
    PackId id = new PackId(Samples.VOLUME, seq, seq, PackKind.MANIFEST, 0);
    return Stores.run(() -> store.get(id.objectName()))
        .map(bytes -> PackReader.open(seals, id.objectName(), id, bytes).frames().size())
        .orElse(0);
  }
}
