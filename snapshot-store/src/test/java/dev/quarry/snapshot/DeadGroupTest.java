package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.snapshot.LogBody.SnapshotRef;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What hangs together of snapshots that nobody needs.
class DeadGroupTest {
  private Lineage lineage = Lineage.empty(Samples.VOLUME, Bits128.ZERO);

  @Test
  void of_siblingsWhoseParentIsGone_areNeighboursOfOneGroup() {
    append(new LogBody.Open(1));
    snapshot(1, 0);
    snapshot(2, 1);
    snapshot(3, 1);
    append(new LogBody.Delete(1));
    append(new LogBody.Collected(1));
    append(new LogBody.Delete(2));
    assertEquals(List.of(group(Set.of(1L, 2L), Set.of(2L), Set.of(3L))), DeadGroup.of(lineage));
  }

  @Test
  void of_aPinnedOneInBetween_isANeighbour() {
    append(new LogBody.Open(1));
    snapshot(1, 0);
    snapshot(2, 1);
    snapshot(3, 2);
    append(new LogBody.Pin(new Bits128(0, 1), 2, Samples.OTHER_VOLUME));
    for (long seq = 1; seq <= 3; seq++) {
      append(new LogBody.Delete(seq));
    }
    assertEquals(
        List.of(
            group(Set.of(1L), Set.of(1L), Set.of(2L)), group(Set.of(3L), Set.of(3L), Set.of(2L))),
        DeadGroup.of(lineage));
  }

  @Test
  void of_theParentOfAPendingOne_isNotDead() {
    append(new LogBody.Open(1));
    snapshot(1, 0);
    begin(2, 1);
    append(new LogBody.Delete(1));
    assertEquals(List.of(), DeadGroup.of(lineage));
    append(new LogBody.Abort(2, "reason"));
    assertEquals(List.of(group(Set.of(1L), Set.of(1L), Set.of())), DeadGroup.of(lineage));
  }

  @Test
  void of_oneThatIsToBeDeleted_isAsIfItWere() {
    append(new LogBody.Open(1));
    snapshot(1, 0);
    snapshot(2, 1);
    assertEquals(List.of(), DeadGroup.of(lineage));
    assertEquals(
        List.of(group(Set.of(1L), Set.of(1L), Set.of(2L))), DeadGroup.of(lineage, Set.of(1L)));
  }

  private static DeadGroup group(Set<Long> members, Set<Long> uncollected, Set<Long> neighbours) {
    return new DeadGroup(
        new TreeSet<>(members), new TreeSet<>(uncollected), new TreeSet<>(neighbours));
  }

  private void snapshot(long seq, long parent) {
    begin(seq, parent);
    append(new LogBody.Commit(seq, seq, Mac.NONE, 0, 0));
  }

  private void begin(long seq, long parent) {
    Optional<SnapshotRef> base =
        parent == 0 ? Optional.empty() : Optional.of(new SnapshotRef(Samples.VOLUME, parent));
    append(new LogBody.Begin(seq, Samples.id((int) seq), base, seq, 1 << 20));
  }

  private void append(LogBody body) {
    LogEntry entry =
        new LogEntry(
            Samples.VOLUME,
            lineage.number() + 1,
            1,
            0,
            Bits128.ZERO,
            Bits128.ZERO,
            lineage.mac(),
            body);
    lineage = lineage.with(entry, Mac.NONE);
  }
}
