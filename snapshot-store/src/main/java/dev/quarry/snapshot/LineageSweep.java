package dev.quarry.snapshot;

import dev.quarry.objects.ObjectStore;
import dev.quarry.objects.ObjectStore.Entry;
import dev.quarry.snapshot.Garbage.LoosePack;
import dev.quarry.snapshot.LogBody.Moved;
import dev.quarry.snapshot.SnapshotRoot.PackRun;
import dev.quarry.snapshot.SnapshotState.Phase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// Lists all that is there of a lineage's snapshots and finds what nothing leads to: what was
/// uploaded by a process that had been given up, copies of packs that no redirect leads to, packs
/// that stayed because a collection was cut short. Changes nothing.
///
/// Objects of a snapshot that is pending, or that the log does not know yet, are passed over. One
/// use.
final class LineageSweep {
  private static final int KEPT_CHECKPOINTS = 2;

  private final ObjectStore store;
  private final LineageLogs logs;
  private final Lineage lineage;
  private final GarbageFinder finder;
  private final Map<Long, DeadGroup> groups = new HashMap<>();
  private final Map<DeadGroup, SortedSet<String>> suspects = new HashMap<>();
  private final Map<Long, Set<Long>> attempts = new HashMap<>();
  private final Set<String> targets = new HashSet<>();
  private final List<Entry> strays = new ArrayList<>();
  private final List<Entry> garbage = new ArrayList<>();
  private final List<LoosePack> loose = new ArrayList<>();

  LineageSweep(ObjectStore store, LineageLogs logs, Lineage lineage, GarbageFinder finder) {
    this.store = store;
    this.logs = logs;
    this.lineage = lineage;
    this.finder = finder;
  }

  /// What was found.
  ///
  /// @param strays packs that no tree refers to; they may be copies of a collector that is about to
  ///   append the redirect that leads to them
  /// @param garbage what is garbage in any case
  /// @param loose packs of which some is needed
  record Found(List<Entry> strays, List<Entry> garbage, List<LoosePack> loose) {
    long bytes() {
      return strays.stream().mapToLong(Entry::sizeBytes).sum()
          + garbage.stream().mapToLong(Entry::sizeBytes).sum();
    }
  }

  Found find() {
    for (DeadGroup group : DeadGroup.of(lineage)) {
      group.members().forEach(seq -> groups.put(seq, group));
    }
    lineage.redirects().values().forEach(moved -> targets.add(moved.to().objectName()));
    Stores.run(() -> Stores.entries(store, ObjectNames.snapshots(lineage.volume())))
        .forEach(this::sort);
    for (Moved moved : lineage.redirects().values()) {
      suspect(moved.from()); // whatever lies at its old name, the new one has to be needed
    }
    suspects.forEach(this::examine);
    List<Entry> checkpoints =
        Stores.run(() -> Stores.entries(store, ObjectNames.checkpoints(lineage.volume())));
    garbage.addAll(checkpoints.subList(0, Math.max(0, checkpoints.size() - KEPT_CHECKPOINTS)));
    return new Found(strays, garbage, loose);
  }

  private void sort(Entry entry) {
    OptionalLong seq = ObjectNames.seqOf(lineage.volume(), entry.name());
    SnapshotState owner = seq.isEmpty() ? null : lineage.snapshots().get(seq.getAsLong());
    if (owner == null || owner.phase() == Phase.PENDING) {
      return;
    }
    if (owner.outcome().isEmpty()) {
      garbage.add(entry);
      return;
    }
    Optional<PackId> pack = ObjectNames.packAt(lineage.volume(), entry.name());
    if (pack.isEmpty()) {
      long attempt = owner.outcome().get().attempt();
      String root = ObjectNames.root(lineage.volume(), owner.seq(), attempt);
      if (!entry.name().equals(root) || owner.phase() == Phase.COLLECTED) {
        garbage.add(entry);
      }
    } else if (lineage.redirects().containsKey(pack.get())) {
      garbage.add(entry);
    } else if (!targets.contains(entry.name())
        && !suspect(pack.get())
        && !attemptsOf(owner).contains(pack.get().attempt())) {
      strays.add(entry);
    }
  }

  /// Remembers to look at what is needed of a pack, if its owner is needed no more.
  private boolean suspect(PackId pack) {
    DeadGroup group = groups.get(pack.seq());
    if (group != null) {
      suspects.computeIfAbsent(group, _ -> new TreeSet<>()).add(pack.objectName());
    }
    return group != null;
  }

  private void examine(DeadGroup group, SortedSet<String> names) {
    List<PackId> packs =
        names.stream()
            .flatMap(name -> ObjectNames.packAt(lineage.volume(), name).stream())
            .toList();
    Garbage found = finder.of(group, packs);
    strays.addAll(found.chunkPacks());
    loose.addAll(found.loose());
  }

  /// Those whose packs a needed snapshot has for its own.
  private Set<Long> attemptsOf(SnapshotState owner) {
    return attempts.computeIfAbsent(
        owner.seq(),
        _ -> {
          Set<Long> known = new HashSet<>(Set.of(owner.outcome().orElseThrow().attempt()));
          for (PackRun run : logs.root(lineage.volume(), owner, store).ownPacks()) {
            known.add(run.attempt());
          }
          return known;
        });
  }
}
