package dev.quarry.snapshot;

import dev.quarry.objects.ObjectStore;
import dev.quarry.snapshot.CheckReport.Damage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// Checks one lineage: its log, and for every snapshot that is needed its root, its pages, its
/// packs and, if wanted, their contents. Nothing is taken from a cache that is older than the
/// check.
///
/// When something is wrong, it is looked up which snapshots suffer from it: each is walked by
/// itself, and what it needs of a damaged pack is read frame by frame. So a pack of which one frame
/// is rotten counts for those snapshots only that need that frame. A missing pack that nobody needs
/// any more by then, because snapshots were deleted meanwhile, is not reported.
///
/// Once, by one thread.
final class LineageCheck {
  private static final long CACHE_BYTES = 16 << 20;

  private final ObjectStore store;
  private final LineageLogs logs;
  private final UUID volume;
  private final RandomGenerator random;
  private final StopFlag stop;
  private final NeededPacks needed = new NeededPacks();
  private final Map<SnapshotId, SnapshotRoot> roots = new LinkedHashMap<>();
  private final Map<PackRef, String> badPacks = new HashMap<>();
  private final List<Damage> damages = new ArrayList<>();
  private final Set<SnapshotId> damaged = new TreeSet<>(Comparator.comparing(SnapshotId::text));
  private final List<SnapshotState> badRoots = new ArrayList<>();
  private final List<SnapshotId> badPointers = new ArrayList<>();
  private final Set<PackRef> toRepair = new HashSet<>();
  private boolean badLog;
  private long packBytes;
  private long readBytes;

  LineageCheck(
      ObjectStore store, LineageLogs logs, UUID volume, RandomGenerator random, StopFlag stop) {
    this.store = store;
    this.logs = logs;
    this.volume = volume;
    this.random = random;
    this.stop = stop;
  }

  /// What is known afterwards.
  CheckReport report() {
    return new CheckReport(
        1,
        needed.size(),
        packBytes,
        readBytes,
        damages,
        List.of(),
        List.copyOf(damaged),
        roots.keySet().stream().filter(id -> !damaged.contains(id)).toList());
  }

  /// @param reading how much of the packs to read; its bytes are those that are left
  void run(CheckReading reading) {
    Optional<Lineage> lineage = log();
    if (lineage.isEmpty()) {
      return;
    }
    for (SnapshotState state : lineage.get().snapshots().values()) {
      if (lineage.get().isNeeded(state.seq()) && state.outcome().isPresent()) {
        pointer(state.begin().id());
        root(state);
      }
    }
    FrameFetcher frames = logs.frames(volume);
    TreeCheck trees =
        new TreeCheck(new ManifestReader(frames, new PageCache(CACHE_BYTES)), needed::add, stop);
    roots.values().forEach(trees::run);
    packs(frames.seals(), reading);
    if (!badPacks.isEmpty() || !trees.broken().isEmpty()) {
      attribute(trees.broken());
    }
  }

  /// Puts back what was found damaged.
  ///
  /// @return whether anything was, so that another check finds less, or more below it
  boolean repair(StoreRepair with) {
    boolean any = badLog && with.log(volume);
    for (SnapshotId id : badPointers) {
      any |= with.pointer(id, volume);
    }
    for (SnapshotState state : badRoots) {
      any |= with.root(volume, state);
    }
    for (PackRef pack : toRepair) {
      any |= with.pack(logs.sealsOf(volume), pack, needed.of(pack));
    }
    return any;
  }

  private Optional<Lineage> log() {
    try {
      Lineage verified = logs.verified(volume);
      logs.of(volume).refresh();
      return Optional.of(verified);
    } catch (SnapshotException.RolledBack | SnapshotException.Corrupt e) {
      badLog = true;
      damages.add(new Damage(ObjectNames.log(volume), String.valueOf(e.getMessage()), List.of()));
    } catch (SnapshotException.KeyUnusable | SnapshotException.IncorrectState e) {
      damages.add(
          new Damage(
              ObjectNames.volume(volume),
              "cannot be checked without its key: " + e.getMessage(),
              List.of()));
      return Optional.empty();
    }
    try { // what a checkpoint, or this process, still knows of it
      return Optional.of(logs.of(volume).state());
    } catch (SnapshotException.RolledBack | SnapshotException.Corrupt _) {
      return Optional.empty();
    }
  }

  private void pointer(SnapshotId id) {
    String name = ObjectNames.pointer(id);
    try {
      Optional<byte[]> bytes = Stores.run(() -> store.get(name));
      if (bytes.isEmpty()) {
        badPointers.add(id);
        damage(name, "the object that leads from the snapshot's id to its volume is missing", id);
      } else if (!PointerCodec.decode(name, bytes.get()).equals(volume)) {
        damage(name, "pointer leads to another volume", id);
      }
    } catch (SnapshotException.Corrupt e) {
      damage(name, String.valueOf(e.getMessage()), id);
    }
  }

  private void root(SnapshotState state) {
    SnapshotId id = state.begin().id();
    try {
      roots.put(id, logs.root(volume, state));
    } catch (SnapshotException.Corrupt e) {
      badRoots.add(state);
      damage(
          ObjectNames.root(volume, state.seq(), state.outcome().orElseThrow().attempt()),
          String.valueOf(e.getMessage()),
          id);
    }
  }

  private void damage(String object, String what, SnapshotId hurt) {
    damages.add(new Damage(object, what, List.of(hurt)));
    damaged.add(hurt);
  }

  private void packs(Seals seals, CheckReading reading) {
    PackCheck check = new PackCheck(store, seals, logs);
    needed
        .byFolder()
        .forEach((folder, packs) -> {
          stop.check();
          badPacks.putAll(check.missing(folder, packs, needed));
        });
    packBytes = check.bytes();
    for (PackRef pack : needed.shuffled(random)) {
      stop.check();
      boolean drawn = reading.share() == 1 || random.nextDouble() < reading.share();
      if (drawn && readBytes < reading.maxBytes() && !badPacks.containsKey(pack)) {
        PackCheck.Outcome outcome = check.read(pack, needed.of(pack));
        readBytes += outcome.bytes();
        outcome.wrong().ifPresent(why -> badPacks.put(pack, why));
      }
    }
  }

  /// Finds out which snapshots suffer, by the log as it is now.
  private void attribute(Map<PageRef, String> brokenPages) {
    Map<PackRef, List<SnapshotId>> byPack = new HashMap<>();
    Map<PageRef, List<SnapshotId>> byPage = new HashMap<>();
    Lineage now = logs.of(volume).state();
    FrameFetcher frames = logs.frames(volume);
    for (Map.Entry<SnapshotId, SnapshotRoot> snapshot : roots.entrySet()) {
      SnapshotId id = snapshot.getKey();
      if (now.snapshot(id).filter(state -> now.isNeeded(state.seq())).isEmpty()) {
        continue;
      }
      Map<PackRef, Boolean> hurt = new HashMap<>();
      TreeCheck tree =
          new TreeCheck(
              new ManifestReader(frames, new PageCache(CACHE_BYTES)),
              ref -> {
                if (badPacks.containsKey(ref.pack())) {
                  hurt.merge(ref.pack(), !isReadable(frames, ref), Boolean::logicalOr);
                }
              },
              stop);
      tree.run(snapshot.getValue());
      hurt.forEach((pack, unreadable) -> {
        List<SnapshotId> ids = byPack.computeIfAbsent(pack, _ -> new ArrayList<>());
        if (unreadable) {
          ids.add(id);
        }
      });
      tree.broken().keySet().stream()
          .filter(brokenPages::containsKey)
          .forEach(page -> byPage.computeIfAbsent(page, _ -> new ArrayList<>()).add(id));
    }
    PackCheck check = new PackCheck(store, frames.seals(), logs);
    toRepair.addAll(byPack.keySet());
    byPage.keySet().forEach(page -> toRepair.add(page.where().pack()));
    byPack.forEach((pack, ids) -> add(check.objectOf(pack), badPacks.get(pack), ids));
    byPage.forEach((page, ids) -> {
      if (!badPacks.containsKey(page.where().pack())) { // else it was reported with its pack
        add(check.objectOf(page.where().pack()), brokenPages.get(page), ids);
      }
      damaged.addAll(ids);
    });
  }

  private void add(String object, String what, List<SnapshotId> ids) {
    damages.add(new Damage(object, what, ids));
    damaged.addAll(ids);
  }

  private static boolean isReadable(FrameFetcher frames, FrameRef ref) {
    try {
      frames.fetch(ref);
      return true;
    } catch (SnapshotException.Corrupt _) {
      return false;
    }
  }
}
