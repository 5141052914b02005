package dev.quarry.snapshot;

import dev.quarry.objects.ObjectStore;
import dev.quarry.objects.ObjectStore.Entry;
import dev.quarry.snapshot.Garbage.LoosePack;
import dev.quarry.snapshot.LogBody.Moved;
import dev.quarry.snapshot.SnapshotState.Phase;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/// Removes from the store what no snapshot needs any more.
///
/// It takes no lock in the store and waits for nobody: what is garbage once is so for ever, so that
/// it does not matter how old the state of the log is that told so, nor who else collects
/// meanwhile. What it does can be cut short anywhere and done again.
///
/// **Order: chunks, then pages, then the root, then the pointer, then the entry.** Pages tell which
/// packs a snapshot had, the root which pages; the entry says that nothing is left to be done.
///
/// **Order: copy, then redirect, then delete.** A copy counts once the log leads to it. The
/// redirect is appended only if nothing was since the state that told which frames are needed; then
/// nobody can have removed the copy as one that nothing leads to, which is done behind an entry
/// too.
///
/// Safe for use by many threads; they wait for each other.
final class Collector {
  /// How old a snapshot is before its packs are written anew: those of one that is deleted soon
  /// after it was made may be all gone a little later.
  static final Duration SHRINK_AGE = Duration.ofDays(1);

  private static final long CACHE_BYTES = 24L << 20;

  /// The most packs that are written anew before the log leads to them.
  private static final int MAX_MOVES = 32;

  private final ObjectStore store;
  private final LineageLogs logs;
  private final Clock clock;
  private final RandomGenerator random;
  private final ReentrantLock running = new ReentrantLock();

  Collector(ObjectStore store, LineageLogs logs, Clock clock, RandomGenerator random) {
    this.store = store;
    this.logs = logs;
    this.clock = clock;
    this.random = random;
  }

  /// What would be removed next if some more snapshots of a lineage were deleted, beyond what would
  /// be removed anyway. Removes nothing.
  long wouldFreeBytes(Lineage lineage, Set<Long> deletedToo) {
    GarbageFinder finder = finder(lineage);
    Garbage with = all(finder, DeadGroup.of(lineage, deletedToo));
    Garbage without = all(finder, DeadGroup.of(lineage));
    return with.bytesBeyond(without);
  }

  /// Removes what deleted snapshots of a lineage leave behind, and what failed ones do.
  CollectorReport collect(UUID volume) {
    running.lock();
    try {
      LineageLog log = logs.of(volume);
      Lineage lineage = log.refresh();
      GarbageFinder finder = finder(lineage);
      CollectorReport report = sweepFailed(lineage);
      List<LoosePack> loose = new ArrayList<>();
      for (DeadGroup group : DeadGroup.of(lineage)) {
        if (!group.uncollected().isEmpty()) {
          Garbage garbage = finder.of(group);
          report = report.plus(remove(log, group, garbage));
          loose.addAll(garbage.loose());
        }
      }
      return report.plus(shrink(log, lineage, loose));
    } finally {
      running.unlock();
    }
  }

  /// Removes all that nothing leads to: as [#collect] does, and what only a list of the lineage's
  /// objects can tell.
  CollectorReport sweep(UUID volume) {
    running.lock();
    try {
      CollectorReport report = collect(volume);
      LineageLog log = logs.of(volume);
      Lineage lineage = log.refresh();
      LineageSweep.Found found = new LineageSweep(store, logs, lineage, finder(lineage)).find();
      delete(found.garbage());
      List<Entry> strays = ledNowhere(log, lineage, found.strays());
      delete(strays);
      return report
          .plus(CollectorReport.removed(0, found.garbage()))
          .plus(CollectorReport.removed(0, strays))
          .plus(shrink(log, lineage, found.loose()));
    } finally {
      running.unlock();
    }
  }

  /// Of packs that nothing led to those that nothing will. The entry is what makes that certain:
  /// whoever is about to lead to a copy gives it up when there is another entry first.
  private List<Entry> ledNowhere(LineageLog log, Lineage lineage, List<Entry> strays) {
    if (strays.isEmpty()) {
      return strays;
    }
    Lineage after = log.append(new LogBody.Redirect(List.of()));
    Set<Moved> known = Set.copyOf(lineage.redirects().values());
    Set<String> ledTo = new HashSet<>();
    for (Moved moved : after.redirects().values()) {
      if (!known.contains(moved)) {
        ledTo.add(moved.to().objectName());
      }
    }
    return strays.stream().filter(stray -> !ledTo.contains(stray.name())).toList();
  }

  /// Removes what leads from the names of snapshots of which nothing is left.
  CollectorReport sweepPointers(List<UUID> volumes) {
    Set<String> gone = new HashSet<>();
    for (UUID volume : volumes) {
      for (SnapshotState state : logs.of(volume).state().snapshots().values()) {
        if (state.phase() == Phase.COLLECTED) {
          gone.add(ObjectNames.pointer(state.begin().id()));
        }
      }
    }
    List<Entry> left =
        Stores.run(() -> Stores.entries(store, ObjectNames.POINTERS)).stream()
            .filter(pointer -> gone.contains(pointer.name()))
            .toList();
    delete(left);
    return CollectorReport.removed(0, left);
  }

  /// The bytes that [#sweep] would remove. Removes nothing.
  long wouldSweepBytes(UUID volume) {
    Lineage lineage = logs.of(volume).refresh();
    GarbageFinder finder = finder(lineage);
    LineageSweep.Found found = new LineageSweep(store, logs, lineage, finder).find();
    Garbage swept =
        Garbage.NONE.plus(
            new Garbage(found.strays(), List.of(), found.garbage(), List.of(), List.of()));
    Garbage collected = all(finder, DeadGroup.of(lineage));
    return swept.bytes() + collected.bytesBeyond(swept);
  }

  /// What there is of a lineage.
  StoreStats stats(UUID volume) {
    return StoreStats.of(
        logs.of(volume).refresh(),
        Stores.run(() -> Stores.entries(store, ObjectNames.volume(volume))));
  }

  private GarbageFinder finder(Lineage lineage) {
    return new GarbageFinder(store, logs, lineage, new PageCache(CACHE_BYTES));
  }

  private static Garbage all(GarbageFinder finder, List<DeadGroup> groups) {
    Garbage all = Garbage.NONE;
    for (DeadGroup group : groups) {
      if (!group.uncollected().isEmpty()) {
        all = all.plus(finder.of(group));
      }
    }
    return all;
  }

  private CollectorReport remove(LineageLog log, DeadGroup group, Garbage garbage) {
    delete(garbage.chunkPacks());
    delete(garbage.pagePacks());
    delete(garbage.roots());
    delete(garbage.pointers());
    for (long seq : group.uncollected()) {
      ended(log, seq);
    }
    return CollectorReport.removed(group.uncollected().size(), garbage.objects());
  }

  /// Says that nothing is left of a snapshot, unless somebody else did.
  private static void ended(LineageLog log, long seq) {
    try {
      log.append(new LogBody.Collected(seq));
    } catch (SnapshotException.IncorrectState e) {
      boolean said =
          log.state().snapshot(seq).filter(s -> s.phase() == Phase.COLLECTED).isPresent();
      if (!said) {
        throw e;
      }
    }
  }

  /// Removes what was uploaded for snapshots that failed. They stay in the log as such, and whoever
  /// made them may still upload something; so they are looked at each time.
  private CollectorReport sweepFailed(Lineage lineage) {
    CollectorReport report = CollectorReport.NOTHING;
    for (SnapshotState state : lineage.snapshots().values()) {
      if (state.phase() == Phase.ABORTED) {
        report = report.plus(removeAll(lineage.volume(), state.seq()));
      }
    }
    return report;
  }

  /// Removes all objects of a snapshot that was never completed.
  private CollectorReport removeAll(UUID volume, long seq) {
    List<Entry> left = Stores.run(() -> Stores.entries(store, ObjectNames.snapshot(volume, seq)));
    delete(left);
    return CollectorReport.removed(0, left);
  }

  /// Removes a failed snapshot from the store and from its log. If that is cut short behind the
  /// entry, a pointer to nothing is left, which [#sweep] removes.
  void removeFailed(LineageLog log, SnapshotState failed) {
    removeAll(log.volume(), failed.seq());
    ended(log, failed.seq());
    delete(List.of(new Entry(ObjectNames.pointer(failed.begin().id()), 0)));
  }

  /// Writes packs anew of which little is needed.
  private CollectorReport shrink(LineageLog log, Lineage lineage, List<LoosePack> loose) {
    List<LoosePack> worth =
        loose.stream()
            .filter(LoosePack::isWorthShrinking)
            .filter(pack -> isOld(lineage, pack.pack().ref().stored().seq()))
            .toList();
    CollectorReport report = CollectorReport.NOTHING;
    for (int at = 0; at < worth.size(); at += MAX_MOVES) {
      report = report.plus(move(log, worth.subList(at, Math.min(worth.size(), at + MAX_MOVES))));
    }
    return report;
  }

  /// Which frames are needed may have been found out long ago: since then there can only be fewer.
  private CollectorReport move(LineageLog log, List<LoosePack> packs) {
    long number = log.state().number(); // before there is a copy
    PackShrinker shrinker = new PackShrinker(store, logs.sealsOf(log.volume()), random);
    List<LogBody.Moved> moved = new ArrayList<>();
    long saved = 0;
    List<Entry> old = new ArrayList<>();
    for (LoosePack loose : packs) {
      Optional<Moved> copy = shrinker.copy(loose.pack(), loose.kept());
      if (copy.isPresent()) {
        moved.add(copy.get());
        old.add(new Entry(loose.pack().object(), loose.pack().objectBytes()));
        saved += loose.pack().objectBytes() - copy.get().length();
      }
    }
    if (moved.isEmpty()) {
      return CollectorReport.NOTHING;
    }
    if (log.appendRightBehind(number, new LogBody.Redirect(moved)).isEmpty()) {
      // Nothing leads to the copies, and nothing ever will: another time.
      delete(moved.stream().map(to -> new Entry(to.to().objectName(), to.length())).toList());
      return CollectorReport.NOTHING;
    }
    delete(old);
    return CollectorReport.shrunk(moved.size(), saved);
  }

  private void delete(List<Entry> objects) {
    for (Entry object : objects) {
      Stores.run(() -> {
        store.delete(object.name());
        return object;
      });
    }
  }

  private boolean isOld(Lineage lineage, long seq) {
    long madeMillis = lineage.snapshots().get(seq).beginMillis();
    return madeMillis <= clock.millis() - SHRINK_AGE.toMillis();
  }
}
