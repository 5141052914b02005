package dev.quarry.snapshot;

import dev.quarry.objects.ObjectStore;
import dev.quarry.objects.ObjectStore.Entry;
import dev.quarry.snapshot.Garbage.LoosePack;
import dev.quarry.snapshot.LogBody.Moved;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;

/// Finds out what of a lineage nobody needs, and changes nothing.
///
/// Asks for the pages that differ, for the directories of the packs that lost a frame, and for what
/// the snapshots next to them say of the frames in those. Safe for use by many threads.
final class GarbageFinder {
  /// How many requests are made side by side.
  private static final int REQUESTS = 8;

  private final ObjectStore store;
  private final LineageLogs logs;
  private final Seals seals;
  private final Lineage lineage;
  private final ManifestReader reader;
  private final Semaphore requests = new Semaphore(REQUESTS);

  /// @param lineage what is needed is decided by this state of it, and holds for all later ones
  GarbageFinder(ObjectStore store, LineageLogs logs, Lineage lineage, PageCache cache) {
    this.store = store;
    this.logs = logs;
    this.seals = logs.sealsOf(lineage.volume());
    this.lineage = lineage;
    this.reader = new ManifestReader(logs.frames(lineage.volume(), store), cache);
  }

  /// What a group leaves behind.
  Garbage of(DeadGroup group) {
    List<SnapshotRoot> neighbours = neighbours(group);
    List<SnapshotRoot> roots = new ArrayList<>();
    for (long seq : group.uncollected()) {
      rootIfThere(seq).ifPresent(roots::add);
    }
    SortedMap<String, PackRef> pages = pagePacks(group, roots);
    SortedMap<String, PackRef> chunks = new TreeMap<>();
    ReclaimWalk walk = new ReclaimWalk(reader, lineage.volume(), neighbours);
    for (SnapshotRoot root : roots) {
      walk.of(root, pack -> add(group, pack, chunks));
    }
    chunks.keySet().removeAll(pages.keySet());
    Keepers keepers = new Keepers(reader, neighbours);
    List<LoosePack> loose = new ArrayList<>();
    List<Entry> chunkPacks = dead(chunks.values(), keepers, loose);
    List<Entry> pagePacks = dead(pages.values(), keepers, loose);
    List<Entry> rootObjects = new ArrayList<>();
    List<Entry> pointers = new ArrayList<>();
    for (long seq : group.uncollected()) {
      SnapshotState state = lineage.snapshots().get(seq);
      long attempt = state.outcome().orElseThrow().attempt(); // a member was completed
      entry(ObjectNames.root(lineage.volume(), seq, attempt)).ifPresent(rootObjects::add);
      entry(ObjectNames.pointer(state.begin().id())).ifPresent(pointers::add);
    }
    return new Garbage(chunkPacks, pagePacks, rootObjects, pointers, loose);
  }

  /// What is needed of packs of a group's members, whatever is known of how they came to be loose.
  Garbage of(DeadGroup group, Collection<PackId> packs) {
    List<LoosePack> loose = new ArrayList<>();
    Keepers keepers = new Keepers(reader, neighbours(group));
    List<PackRef> refs = packs.stream().map(PackRef::of).toList();
    return new Garbage(dead(refs, keepers, loose), List.of(), List.of(), List.of(), loose);
  }

  private List<SnapshotRoot> neighbours(DeadGroup group) {
    return group.neighbours().stream()
        .map(seq -> logs.root(lineage.volume(), lineage.snapshots().get(seq), store))
        .toList();
  }

  private Optional<SnapshotRoot> rootIfThere(long seq) {
    try {
      SnapshotState state = lineage.snapshots().get(seq);
      return Optional.of(SnapshotReader.root(store, seals, lineage, state));
    } catch (SnapshotException.Corrupt e) {
      if (e.isMissing()) {
        return Optional.empty(); // an earlier collection came as far as this
      }
      throw e;
    }
  }

  /// The packs with what is needed to read the snapshots that go: they go last.
  private SortedMap<String, PackRef> pagePacks(DeadGroup group, List<SnapshotRoot> roots) {
    SortedMap<String, PackRef> packs = new TreeMap<>();
    for (SnapshotRoot root : roots) {
      root.manifestPacks().keySet().forEach(pack -> add(group, pack, packs));
      root.heat().forEach(ref -> add(group, ref.pack(), packs));
      root.trace().ifPresent(ref -> add(group, ref.pack(), packs));
    }
    return packs;
  }

  private void add(DeadGroup group, PackRef pack, SortedMap<String, PackRef> to) {
    PackId stored = pack.stored();
    if (stored.volume().equals(lineage.volume()) && group.members().contains(stored.seq())) {
      to.put(stored.objectName(), pack);
    }
  }

  /// The objects of packs that hold nothing that is needed.
  ///
  /// @param loose is told of those that do
  private List<Entry> dead(Collection<PackRef> packs, Keepers keepers, List<LoosePack> loose) {
    List<FutureTask<Optional<LoosePack>>> tasks = new ArrayList<>();
    List<Entry> dead = new ArrayList<>();
    for (PackRef pack : packs) {
      FutureTask<Optional<LoosePack>> task = new FutureTask<>(() -> held(pack, keepers, dead));
      requests.acquireUninterruptibly();
      tasks.add(task);
      Thread.ofVirtual()
          .name("garbage")
          .start(() -> {
            try {
              task.run();
            } finally {
              requests.release();
            }
          });
    }
    Futures.results(tasks).forEach(found -> found.ifPresent(loose::add));
    dead.sort((a, b) -> a.name().compareTo(b.name()));
    return dead;
  }

  /// What is needed of a pack; if that is nothing, its objects.
  private Optional<LoosePack> held(PackRef pack, Keepers keepers, List<Entry> dead) {
    boolean pages = pack.stored().kind() == PackKind.MANIFEST && keepers.hasPagesIn(pack);
    if (pages) {
      return Optional.empty(); // trees are written anew as a whole, not shrunk
    }
    Optional<Moved> moved = Optional.ofNullable(lineage.redirects().get(pack.stored()));
    if (!keepers.none()) {
      Optional<StoredPack> stored = StoredPack.read(store, seals, pack.stored(), moved);
      if (stored.isPresent()) {
        List<Frame> kept = keepers.held(stored.get().ref(), stored.get().frames());
        if (!kept.isEmpty()) {
          return Optional.of(new LoosePack(stored.get(), kept));
        }
      }
    }
    List<Entry> objects = new ArrayList<>();
    entry(pack.stored().objectName()).ifPresent(objects::add);
    moved
        .filter(to -> isWhole(to))
        .flatMap(to -> entry(to.to().objectName()))
        .ifPresent(objects::add);
    synchronized (dead) {
      dead.addAll(objects);
    }
    return Optional.empty();
  }

  /// Whether nothing else lies in the object that a pack was moved to.
  private boolean isWhole(Moved moved) {
    return lineage.redirects().values().stream()
        .allMatch(other -> other.equals(moved) || !other.to().equals(moved.to()));
  }

  private Optional<Entry> entry(String name) {
    return Stores.run(() -> store.head(name)).map(head -> new Entry(name, head.sizeBytes()));
  }
}
