package dev.quarry.snapshot;

import dev.quarry.objects.MemoryStore;
import dev.quarry.volume.ChunkLayout;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What differs between two snapshots, by their trees: all chunks have data, and of every so many
/// one was changed. With several threads, all read the same trees through one cache.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class ManifestDiffBenchmark {

  @Param({"1", "16"})
  public int sizeGib;

  /// One chunk in so many was changed: in each leaf some, or in every fourth leaf one.
  @Param({"16", "1024"})
  public int changedOneIn;

  /// Whether pages are kept, or got from a store in memory and verified each time.
  @Param({"true", "false"})
  public boolean cached;

  private final MemoryStore store = MemoryStore.create();
  private final Seals seals = new ChecksumSeals();
  private Optional<PageRef> before;
  private Optional<PageRef> after;
  private ManifestReader reader;
  private ManifestWalk walk;

  @Setup
  public void setUp() {
    reader =
        new ManifestReader(
            new LineageLogs(store, _ -> seals, Anchors.none(), Clock.systemUTC(), new Random(1))
                .frames(PackContents.VOLUME),
            new PageCache(cached ? 1L << 30 : 0));
    walk = new ManifestWalk(reader);
    SortedMap<PackRef, Long> packs = SnapshotRoot.packMap();
    before = write(1, Optional.empty(), packs, 1);
    after = write(2, before, packs, changedOneIn);
  }

  /// Writes a tree in which one chunk in so many is new.
  ///
  /// @param packs of the parent's pages; those of the new tree when this returns
  private Optional<PageRef> write(
      int seq, Optional<PageRef> parent, SortedMap<PackRef, Long> packs, int oneIn) {
    long chunkCount = ChunkLayout.chunkCount((long) sizeGib << 30);
    try (PackUploads uploads =
        new PackUploads(
            store,
            seals,
            PackContents.VOLUME,
            seq,
            seq,
            new Random(seq),
            new PackMemory(2).turn(2, new StopFlag()))) {
      FramePacker pages = new FramePacker(uploads, PackKind.MANIFEST);
      ManifestWriter writer =
          new ManifestWriter(
              reader,
              seals,
              (kind, level, index, page) -> pages.add(kind, level, index, page, page.length),
              parent,
              packs,
              ManifestLayout.topLevel(chunkCount),
              false);
      int leafStep = Math.max(1, oneIn / ManifestLayout.FANOUT);
      for (long leaf = 0; leaf < ManifestLayout.leafOf(chunkCount); leaf += leafStep) {
        writer.put(changed(seq, leaf, reader.leaf(parent, leaf), oneIn));
      }
      Optional<PageRef> top = writer.finish();
      pages.flush();
      uploads.awaitAll();
      packs.clear();
      packs.putAll(writer.manifestPacks());
      return top;
    }
  }

  private static LeafPage changed(int seq, long leaf, Optional<LeafPage> parent, int oneIn) {
    List<ChunkEntry> entries =
        new ArrayList<>(parent.orElseGet(() -> LeafPage.empty(leaf)).entries());
    for (int slot = 0; slot < ManifestLayout.FANOUT; slot += oneIn) {
      entries.set(slot, framed(seq, leaf * ManifestLayout.FANOUT + slot));
    }
    return new LeafPage(leaf, entries);
  }

  /// A chunk as the snapshot with this number would have stored it: 60 in a pack.
  private static ChunkEntry framed(int seq, long chunk) {
    PackId pack = new PackId(PackContents.VOLUME, seq, seq, PackKind.DATA, (int) (chunk / 60));
    int number = (int) (chunk % 60);
    Frame frame =
        new Frame(
            number,
            FrameKind.FULL,
            true,
            0,
            chunk,
            PackHeader.BYTES + number * 260_000,
            260_000,
            ChunkLayout.CHUNK_BYTES);
    return new ChunkEntry.Framed(List.of(new FrameRef(PackRef.of(pack), frame)));
  }

  /// A tree and itself: nothing is read.
  @Benchmark
  public long same() {
    return count(before, before);
  }

  @Benchmark
  public long changed() {
    return count(before, after);
  }

  private long count(Optional<PageRef> one, Optional<PageRef> other) {
    Counter counter = new Counter();
    walk.differences(0, one, other, (_, _, _) -> counter.count());
    return counter.counted;
  }

  private static final class Counter {
    private long counted;

    boolean count() {
      counted++;
      return true;
    }
  }
}
