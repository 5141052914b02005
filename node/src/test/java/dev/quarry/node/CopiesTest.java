package dev.quarry.node;

import static dev.quarry.node.SnapshotFixture.MIB;
import static dev.quarry.node.SnapshotFixture.random;
import static dev.quarry.node.SnapshotFixture.read;
import static dev.quarry.node.SnapshotFixture.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.cli.CommandRun;
import dev.quarry.objects.Limits;
import dev.quarry.snapshot.Lineages;
import dev.quarry.volume.VolumeId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Differences and copies of a node's snapshots, and checks of its store.
@Timeout(120)
final class CopiesTest {
  @TempDir private Path folder;
  private SnapshotFixture node;

  @BeforeEach
  void prepare() {
    node = new SnapshotFixture(folder.resolve("data"));
  }

  private String copy(String snapshot, String... more) throws Exception {
    return node.json(
            Stream.concat(Stream.of("snapshot", "copy", snapshot), Stream.of(more))
                .toArray(String[]::new))
        .text("snapshotId")
        .orElseThrow();
  }

  private Node startOn(SnapshotFixture fixture, Path store) throws Exception {
    return fixture.start(new StoreSettings.Place.Folder(store), Limits.NONE, Duration.ofSeconds(5));
  }

  @Test
  void diff_ofTwoSnapshots_showsChunksAndBlocks() throws Exception {
    try (Node running = node.start()) {
      node.create("db");
      write(running, "db", 0, random(1, 8 * MIB));
      String one = node.snapshot("db");
      write(running, "db", 5 * MIB + 8192, random(2, 8192));
      String two = node.snapshot("db");
      assertEquals(
          "10\t5242880\t524288\tdata\t2-3\n",
          CommandRun.ok(node.data(), "snapshot", "diff", one, two, "--blocks"));
      assertEquals(
          "10\t5242880\t524288\tdata\twhole\n",
          CommandRun.ok(node.data(), "snapshot", "diff", one, two));
      assertEquals(16, CommandRun.ok(node.data(), "snapshot", "diff", one).lines().count());
      JsonObject line = node.json("snapshot", "diff", two, one, "--blocks");
      assertEquals(List.of("2-3"), line.texts("blocks"));
      assertEquals(2, CommandRun.on(node.data(), "snapshot", "diff", one, two, one).exitCode());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void copy_toAnotherStore_isAllThatAnotherNodeNeeds(boolean encrypted) throws Exception {
    Path elsewhere = folder.resolve("elsewhere");
    byte[] first = random(1, 3 * MIB);
    byte[] second = random(2, MIB);
    String one;
    String two;
    try (Node running = node.start()) {
      node.create("db", encrypted ? new String[] {"--encrypted"} : new String[0]);
      write(running, "db", 10 * MIB, first);
      one = copy(node.snapshot("db"), "--to-store", elsewhere.toString(), "--tag", "a=b");
      write(running, "db", 11 * MIB, second);
      two = copy(node.snapshot("db"), "--to-store", elsewhere.toString());
      node.json("volume", "delete", "db");
    }
    // Another data folder, with the same customer keys.
    SnapshotFixture other = new SnapshotFixture(folder.resolve("other"));
    if (encrypted) {
      try (Stream<Path> files = Files.walk(node.data())) {
        for (Path file : files.filter(f -> f.toString().contains("/key")).toList()) {
          Path copied = other.data().resolve(node.data().relativize(file));
          Files.createDirectories(copied.getParent());
          if (Files.isRegularFile(file)) {
            Files.copy(file, copied);
          }
        }
      }
    }
    try (Node running = startOn(other, elsewhere)) {
      JsonObject shown = other.json("snapshot", "show", one);
      assertEquals(Optional.of(encrypted), shown.truth("encrypted"));
      assertEquals("b", shown.object("tags").orElseThrow().text("a").orElseThrow());
      assertTrue(other.json("snapshot", "show", two).number("storedBytes").orElseThrow() < 2 * MIB);
      other.createFrom(one, "old");
      other.createFrom(two, "new");
      assertArrayEquals(first, read(running, "old", 10 * MIB, 3 * MIB));
      assertArrayEquals(second, read(running, "new", 11 * MIB, MIB));
      assertTrue(other.json("store", "check", "--read-data").objects("damages").isEmpty());
    }
  }

  @Test
  void copy_underAnotherKey_isEncryptedUnderThat() throws Exception {
    byte[] bytes = random(1, 3 * MIB);
    try (Node running = node.start()) {
      node.json("key", "create", "--alias", "alias/web");
      node.create("db");
      write(running, "db", 0, bytes);
      String id = node.snapshot("db");
      String copy = copy(id, "--key", "alias/web");
      assertNotEquals(id, copy);
      assertEquals(Optional.of(true), node.json("snapshot", "show", copy).truth("encrypted"));
      node.createFrom(copy, "anew");
      assertArrayEquals(bytes, read(running, "anew", 0, 3 * MIB));
    }
  }

  @Test
  void check_ofADamagedStore_namesTheSnapshot_andPutsBackWhatAReplicaHas() throws Exception {
    Path replica = folder.resolve("replica");
    String hurt;
    String sound;
    try (Node running = node.start()) {
      node.create("db");
      node.create("logs");
      write(running, "db", 0, random(1, 3 * MIB));
      write(running, "logs", 0, random(2, 3 * MIB));
      hurt = node.snapshot("db");
      sound = node.snapshot("logs");
      String volume = node.volume("db").text("id").orElseThrow();
      try (Stream<Path> files = Files.walk(node.data().resolve("snapshots"))) {
        String lineage = Lineages.of(new VolumeId(volume)).toString();
        Path pack =
            files
                .filter(f -> f.toString().contains(lineage) && f.toString().contains("/d0"))
                .findFirst()
                .orElseThrow();
        Path copied = replica.resolve(node.data().resolve("snapshots").relativize(pack));
        Files.createDirectories(copied.getParent());
        Files.move(pack, copied);
      }
      CommandRun run = CommandRun.on(node.data(), "store", "check");
      assertEquals(1, run.exitCode());
      assertTrue(run.out().contains("pack is missing"), run.out());
      assertTrue(run.out().contains("hurts " + hurt), run.out());
      assertTrue(!run.out().contains(sound), run.out());
      assertEquals(2, CommandRun.on(node.data(), "store", "check", "--read-data=some").exitCode());
      JsonObject repaired =
          node.json("store", "check", "--read-data", "--repair-from", replica.toString());
      assertEquals(List.of(), repaired.objects("damages"));
      assertEquals(1, repaired.texts("repaired").size());
      assertEquals(0, CommandRun.on(node.data(), "store", "check", "--read-data=50%").exitCode());
    }
  }
}
