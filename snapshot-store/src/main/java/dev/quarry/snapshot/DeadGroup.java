package dev.quarry.snapshot;

import dev.quarry.snapshot.LogBody.SnapshotRef;
import dev.quarry.snapshot.SnapshotState.Phase;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// Snapshots that nobody needs and that hang together by parentage, with the needed ones next to
/// them. Pure.
///
/// The snapshots that hold a frame are the one that wrote it and some that build on it, each on
/// another that holds it: they hang together. So a frame that one of the members wrote and that any
/// snapshot still needs is held by one of the neighbours, and whoever asks what is needed of the
/// members' packs asks the neighbours and nobody else (invariant S9). It is not enough to look at a
/// snapshot's own parent and children: two children of a parent that is gone share frames too.
///
/// Snapshots of other lineages count by their pins: a pinned one is needed.
///
/// @param members completed once and needed no more, whether they were collected or not
/// @param uncollected those members whose own objects have not been removed yet
/// @param neighbours parents and children of members that are needed
record DeadGroup(SortedSet<Long> members, SortedSet<Long> uncollected, SortedSet<Long> neighbours) {

  DeadGroup {
    members = Collections.unmodifiableSortedSet(members);
    uncollected = Collections.unmodifiableSortedSet(uncollected);
    neighbours = Collections.unmodifiableSortedSet(neighbours);
  }

  /// All groups of a lineage.
  static List<DeadGroup> of(Lineage lineage) {
    return of(lineage, Set.of());
  }

  /// All groups there would be if some more snapshots were deleted.
  static List<DeadGroup> of(Lineage lineage, Set<Long> deletedToo) {
    Set<Long> dead = dead(lineage, deletedToo);
    Map<Long, List<Long>> relatives = relatives(lineage);
    Set<Long> seen = new HashSet<>();
    List<DeadGroup> groups = new ArrayList<>();
    for (long seq : dead) {
      if (seen.add(seq)) {
        groups.add(grow(lineage, seq, dead, relatives, seen));
      }
    }
    return groups;
  }

  private static DeadGroup grow(
      Lineage lineage,
      long first,
      Set<Long> dead,
      Map<Long, List<Long>> relatives,
      Set<Long> seen) {
    SortedSet<Long> members = new TreeSet<>();
    SortedSet<Long> neighbours = new TreeSet<>();
    Deque<Long> next = new ArrayDeque<>(List.of(first));
    while (!next.isEmpty()) {
      long seq = next.remove();
      members.add(seq);
      for (long relative : relatives.getOrDefault(seq, List.of())) {
        if (!dead.contains(relative)) {
          neighbours.add(relative);
        } else if (seen.add(relative)) {
          next.add(relative);
        }
      }
    }
    SortedSet<Long> uncollected = new TreeSet<>(members);
    uncollected.removeIf(seq -> lineage.snapshots().get(seq).phase() == Phase.COLLECTED);
    return new DeadGroup(members, uncollected, neighbours);
  }

  /// Those that were completed and whose frames nobody needs for their sake (invariant S5).
  private static Set<Long> dead(Lineage lineage, Set<Long> deletedToo) {
    Set<Long> held = new HashSet<>();
    lineage.pins().values().forEach(pin -> held.add(pin.seq()));
    for (SnapshotState pending : lineage.pending()) {
      pending
          .parent()
          .filter(base -> base.volume().equals(lineage.volume()))
          .map(SnapshotRef::seq)
          .ifPresent(held::add);
    }
    SortedSet<Long> dead = new TreeSet<>();
    for (SnapshotState state : lineage.snapshots().values()) {
      boolean live = state.isLive() && !deletedToo.contains(state.seq());
      if (wasCompleted(state) && !live && !held.contains(state.seq())) {
        dead.add(state.seq());
      }
    }
    return dead;
  }

  /// Parents and children within the lineage.
  private static Map<Long, List<Long>> relatives(Lineage lineage) {
    Map<Long, List<Long>> relatives = new HashMap<>();
    for (SnapshotState state : lineage.snapshots().values()) {
      state
          .parent()
          .filter(base -> wasCompleted(state) && base.volume().equals(lineage.volume()))
          .ifPresent(base -> {
            relatives.computeIfAbsent(base.seq(), _ -> new ArrayList<>()).add(state.seq());
            relatives.computeIfAbsent(state.seq(), _ -> new ArrayList<>()).add(base.seq());
          });
    }
    return relatives;
  }

  private static boolean wasCompleted(SnapshotState state) {
    return state.outcome().isPresent();
  }
}
