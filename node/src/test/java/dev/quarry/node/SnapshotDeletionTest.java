package dev.quarry.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.cli.CommandRun;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Snapshots that are deleted, kept and locked by commands.
class SnapshotDeletionTest {
  @TempDir Path folder;
  private SnapshotFixture node;

  @BeforeEach
  void prepare() {
    node = new SnapshotFixture(folder.resolve("data"));
  }

  @Test
  void delete_thenGc_leavesTheOtherSnapshotAndNothingElse() throws Exception {
    try (Node _ = node.start()) {
      node.create("db");
      String first = node.snapshot("db");
      String second = node.snapshot("db");
      JsonObject preview = node.json("snapshot", "delete", first, "--dry-run");
      assertTrue(preview.number("wouldFreeBytes").orElseThrow() > 0, preview::toString);
      assertEquals(List.of(first, second), ids("snapshot", "list"));
      node.json("snapshot", "delete", first);
      assertEquals(List.of(second), ids("snapshot", "list"));
      JsonObject swept = node.json("store", "gc");
      assertEquals(Optional.of(1L), swept.number("lineagesDone"));
      assertEquals(Optional.of(0L), node.json("store", "gc", "--dry-run").number("wouldFreeBytes"));
      JsonObject stats = node.json("store", "stats");
      assertEquals(Optional.of(1L), stats.number("snapshots"));
      assertEquals(Optional.of(0L), stats.number("uncollectedSnapshots"));
      refused("InvalidSnapshot.NotFound", "snapshot", "show", first);
      refused("InvalidSnapshot.NotFound", "snapshot", "delete", first);
      node.createFrom(second, "copy");
    }
  }

  @Test
  void deleteIntoTheBin_andBack_isTheSnapshotAgain() throws Exception {
    try (Node _ = node.start()) {
      node.create("db");
      String id = node.snapshot("db");
      node.json("snapshot", "delete", id, "--retain", "7");
      assertEquals(List.of(), ids("snapshot", "list"));
      assertEquals(List.of(id), ids("snapshot", "recycle-bin"));
      assertEquals(
          Optional.of("completed"), node.json("snapshot", "restore-from-bin", id).text("state"));
      assertEquals(List.of(id), ids("snapshot", "list"));
    }
  }

  @Test
  void delete_ofALockedOne_isRefusedUntilItIsUnlocked() throws Exception {
    try (Node _ = node.start()) {
      node.create("db");
      String id = node.snapshot("db");
      JsonObject locked = node.json("snapshot", "lock", id, "--mode", "governance", "--days", "30");
      assertEquals(
          Optional.of("governance"), locked.object("lock").flatMap(lock -> lock.text("state")));
      refused("SnapshotLocked", "snapshot", "delete", id);
      refused("InvalidParameterCombination", "snapshot", "lock", id, "--mode", "compliance");
      node.json("snapshot", "unlock", id);
      node.json("snapshot", "delete", id);
      assertEquals(List.of(), ids("snapshot", "list"));
    }
  }

  private List<String> ids(String... words) throws Exception {
    return node.json(words).objects("snapshots").stream()
        .map(snapshot -> snapshot.text("id").orElseThrow())
        .toList();
  }

  private void refused(String code, String... words) {
    CommandRun run = CommandRun.on(folder.resolve("data"), words);
    assertTrue(run.err().contains(code), run.err());
  }
}
