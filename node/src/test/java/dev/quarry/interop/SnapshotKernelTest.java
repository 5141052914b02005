package dev.quarry.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Snapshots of file systems that real Linux kernels are writing to.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(900)
class SnapshotKernelTest {
  @RegisterExtension final NodeFixture fixture = new NodeFixture("snapshot-kernel", encrypted());

  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final int SYNCED = 9; // by then files are written, too, that are never synced

  private GuestSystem system;

  @BeforeAll
  void start() throws Exception {
    Tool.require(Tool.NBDCOPY, Tool.E2FSCK, Tool.DEBUGFS);
    system = GuestSystem.prepare();
  }

  @Test
  void group_takenWhileKernelsWrite_isWholeFileSystemsWithAllThatWasSynced() throws Exception {
    NodeUnderTest node = fixture.node();
    List<ServedVolume> volumes = List.of(node.create(1L << 30), node.create(1L << 30));
    List<Integer> synced = new ArrayList<>();
    List<String> snapshots;
    try (Guest one = Guest.boot(system, "lose_power", volumes.get(0), Map.of());
        Guest other = Guest.boot(system, "lose_power", volumes.get(1), Map.of())) {
      for (Guest guest : List.of(one, other)) {
        guest.awaitLine("synced " + SYNCED, PATIENCE);
        synced.add(guest.syncedCount());
      }
      snapshots = node.control().snapshot(volumes.stream().map(ServedVolume::export).toList());
      for (String snapshot : snapshots) {
        assertEquals("completed", node.control().awaitSnapshot(snapshot));
      }
    }
    for (int i = 0; i < snapshots.size(); i++) {
      ServedVolume restored =
          node.create(Map.of("snapshotId", snapshots.get(i), "type", "unlimited"));
      Path image = fixture.folder().resolve("restored-" + i + ".img");
      Command.of(Tool.NBDCOPY, restored.uri(Transport.UNIX), image).succeed();
      Command.of(Tool.E2FSCK, "-E", "journal_only", "-y", image).succeed();
      Command.of(Tool.E2FSCK, "-f", "-n", image).succeed();
      checkFiles(image, synced.get(i));
      Files.delete(image);
    }
  }

  /// All files that were synced have what was written to them.
  private void checkFiles(Path image, int count) throws Exception {
    Path folder = Files.createDirectories(fixture.folder().resolve("files"));
    for (int number = 0; number < count; number++) {
      Path file = folder.resolve(Integer.toString(number));
      Command.of(Tool.DEBUGFS, "-R", "dump /%d %s".formatted(number, file), image).succeed();
      assertArrayEquals(GuestContent.of(number), Files.readAllBytes(file), "file " + number);
    }
    Folders.delete(folder);
  }

  /// Whether its volumes are encrypted.
  boolean encrypted() {
    return false;
  }
}
