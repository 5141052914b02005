package dev.quarry.snapshot;

import dev.quarry.block.VolumeException;
import dev.quarry.objects.ObjectStore;
import dev.quarry.snapshot.SnapshotRoot.About;
import dev.quarry.snapshot.SnapshotRoot.Counts;
import dev.quarry.snapshot.SnapshotRoot.PackRun;
import dev.quarry.snapshot.SnapshotRoot.Parent;
import dev.quarry.volume.ChunkLayout;
import dev.quarry.volume.FrozenView;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.random.RandomGenerator;

/// Uploads what a frozen view holds beyond its parent: frames into packs, then pages, then the
/// root. Appending the commit, which makes it a snapshot, is left to the caller, and allowed only
/// with what [#write] answers: everything is durable by then (invariant S1).
///
/// The changed chunks of a leaf are packed by one thread, several leaves side by side; the tree is
/// written in the order of the volume by the calling thread, which packs a few chunks by itself.
/// One call at a time.
final class SnapshotWriter {
  /// So many changed chunks certainly fit in one pack, together with the pages above them.
  static final int SMALL_CHUNKS = 16;

  /// A tree that lies in so many manifest packs more than twice as many as it would fill is written
  /// anew, so that reading it does not cost ever more requests.
  static final int MAX_MANIFEST_PACKS = 32;

  private final ObjectStore store;
  private final Seals seals;
  private final RandomGenerator random;
  private final WriterLimits limits;
  private final PackMemory memory;
  private final FoldPolicy policy;
  private final FrameFetcher fetcher;
  private final ManifestReader manifests;

  SnapshotWriter(
      ObjectStore store,
      FrameFetcher fetcher,
      RandomGenerator random,
      WriterLimits limits,
      PackMemory memory,
      PageCache cache,
      FoldPolicy policy) {
    this.store = store;
    this.seals = fetcher.seals();
    this.random = random;
    this.limits = limits;
    this.memory = memory;
    this.policy = policy;
    this.fetcher = fetcher;
    this.manifests = new ManifestReader(fetcher, cache);
  }

  /// The root of a finished snapshot, for its commit.
  record Written(SnapshotRoot root, long attempt, Mac rootMac) {}

  /// A snapshot to build on.
  record ParentRoot(SnapshotRoot root, Mac rootMac) {}

  /// Uploads a snapshot, when it is its turn.
  ///
  /// @param hints what to keep of how the volume was used
  /// @param stop asked before each chunk
  /// @throws SnapshotException.Cancelled if it was to stop
  /// @throws SnapshotException.Suspect if the view does not tell all changes since the base
  Written write(
      FrozenView view,
      About about,
      Optional<ParentRoot> base,
      Hints hints,
      ProgressMeter meter,
      StopFlag stop)
      throws VolumeException {
    checkSize(about, base);
    long attempt = random.nextLong();
    PackMemory.Turn turn = memory.turn(limits.packsOfOne(), stop);
    try (PackUploads uploads =
        new PackUploads(store, seals, about.volume(), about.seq(), attempt, random, turn)) {
      long changed = ChangedLeaves.chunkCount(view);
      meter.expect(changed, uploads::storedBytes);
      boolean small = changed <= SMALL_CHUNKS;
      FramePacker pages = new FramePacker(uploads, small ? PackKind.DATA : PackKind.MANIFEST);
      try (LeafPackers packers =
          new LeafPackers(
              limits.threads(),
              small ? Optional.of(pages) : Optional.empty(),
              frames -> new ChunkPacker(view, policy, new ChunkFetcher(fetcher), frames),
              uploads,
              meter,
              stop)) {
        return write(view, about, base, hints, uploads, pages, packers, attempt, changed, stop);
      } finally {
        pages.drop(); // what was not flushed, because something went wrong
      }
    }
  }

  private Written write(
      FrozenView view,
      About about,
      Optional<ParentRoot> base,
      Hints hints,
      PackUploads uploads,
      FramePacker pages,
      LeafPackers packers,
      long attempt,
      long changed,
      StopFlag stop)
      throws VolumeException {
    Optional<SnapshotRoot> parent = base.map(ParentRoot::root);
    Optional<PageRef> parentTop = parent.flatMap(SnapshotRoot::top);
    var parentPacks = parent.map(SnapshotRoot::manifestPacks).orElseGet(SnapshotRoot::packMap);
    boolean anew = isScattered(parentPacks);
    int topLevel =
        Math.max(
            ManifestLayout.topLevel(ChunkLayout.chunkCount(about.sizeBytes())),
            parentTop.map(PageRef::level).orElse(0));
    ManifestWriter tree =
        new ManifestWriter(
            manifests,
            seals,
            (kind, level, index, page) -> pages.add(kind, level, index, page, page.length),
            parentTop,
            parentPacks,
            topLevel,
            anew);
    ParentLeaves leaves = new ParentLeaves(manifests, parentTop);
    if (base.isPresent()) {
      new TrackingAudit(view, leaves, new ChunkFetcher(fetcher)).run(about.id(), random, stop);
    }
    packers.run(view, leaves, anew, tree::put);
    Optional<PageRef> top = tree.finish();
    List<FrameRef> heat = hints.writeHeat(pages);
    Optional<FrameRef> trace = hints.writeTrace(pages);
    packers.flush();
    pages.flush();
    uploads.awaitAll(); // S1: packs, then the root, then (by the caller) the commit
    Counts counts =
        new Counts(
            top.map(PageRef::dataChunkCount).orElse(0L),
            changed,
            packers.plainBytes(),
            uploads.storedBytes());
    SnapshotRoot root =
        new SnapshotRoot(
            about,
            base.map(
                b -> new Parent(b.root().about().volume(), b.root().about().seq(), b.rootMac())),
            seals.keyId().equals(Bits128.ZERO) ? List.of() : List.of(seals.keyId()),
            top,
            tree.manifestPacks(),
            runs(uploads, attempt),
            counts,
            heat,
            trace);
    stop.check(); // from the root on it may be completed by others
    return putRoot(root, attempt);
  }

  static boolean isScattered(SortedMap<PackRef, Long> packs) {
    long liveBytes = packs.values().stream().mapToLong(Long::longValue).sum();
    return packs.size() > MAX_MANIFEST_PACKS + 2 * (liveBytes / PackBuilder.MAX_BYTES);
  }

  /// A volume does not shrink: a smaller one is not the one that the parent is of.
  private static void checkSize(About about, Optional<ParentRoot> base) {
    long parentBytes = base.map(b -> b.root().about().sizeBytes()).orElse(0L);
    if (about.sizeBytes() < parentBytes) {
      throw new SnapshotException.IncorrectState(
          "volume is smaller than the parent of its snapshot snapshot=%s size=%d parent=%d"
              .formatted(about.id(), about.sizeBytes(), parentBytes));
    }
  }

  private Written putRoot(SnapshotRoot root, long attempt) {
    Bits128 salt = Bits128.random(random);
    byte[] bytes = RootCodec.encode(seals, root, attempt, salt);
    String name = ObjectNames.root(root.about().volume(), root.about().seq(), attempt);
    return Stores.run(() -> {
      Stores.putOwn(store, name, MemorySegment.ofArray(bytes), "root");
      return new Written(root, attempt, RootCodec.mac(seals, bytes));
    });
  }

  private static List<PackRun> runs(PackUploads uploads, long attempt) {
    List<PackRun> runs = new ArrayList<>();
    for (PackKind kind : PackKind.values()) {
      if (uploads.count(kind) > 0) {
        runs.add(new PackRun(kind, attempt, 0, uploads.count(kind)));
      }
    }
    return runs;
  }
}
