package dev.quarry.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// `kill -9` of the node while snapshots are made, and while volumes are made from them.
@Timeout(300)
class SnapshotKillTest {
  private static final Path FOLDER = Path.of("target/interop/snapshot-kill").toAbsolutePath();
  private static final int KILLS = Integer.getInteger("quarry.snapshot.kills", 2);
  private static final int MIB = 1 << 20;
  private static final int BYTES = 16 * MIB;

  /// Slow enough for kills to come in between: all of it takes two seconds.
  private static final String BANDWIDTH = "8MiB";

  @Test
  void node_killedInTheMidst_makesNoSnapshotWrong_andLosesNone() throws Exception {
    long seed = Long.getLong("quarry.seed", System.nanoTime());
    System.err.println("seed: -Dquarry.seed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    byte[] contents = new byte[BYTES];
    random.nextBytes(contents);
    try (NodeUnderTest node = NodeUnderTest.start(FOLDER, "--store-bandwidth", BANDWIDTH)) {
      if (encrypted()) {
        node.encryptByDefault();
      }
      ServedVolume volume = node.create(1L << 30);
      write(volume, 0, contents);
      for (int kill = 0; kill < KILLS; kill++) {
        String snapshot = node.control().snapshot(List.of(volume.export())).getFirst();
        byte[] instant = contents.clone();
        overwrite(volume, contents, random);
        Thread.sleep(random.nextInt(2500));
        node.kill();
        node.restart();
        assertArrayEquals(contents, read(volume), "the volume, seed " + seed);
        String state = node.control().awaitSnapshot(snapshot);
        if (state.equals("completed")) {
          checkClone(node, snapshot, instant, random);
        } else {
          assertEquals("error", state);
          assertTrue(
              !node.control().showSnapshot(snapshot).path("statusMessage").asText().isEmpty());
        }
      }
      String last = node.control().snapshot(List.of(volume.export())).getFirst();
      assertEquals("completed", node.control().awaitSnapshot(last));
      checkClone(node, last, contents, random);
    }
  }

  /// A volume made from a snapshot has its bytes, whenever the node is killed.
  private void checkClone(
      NodeUnderTest node, String snapshot, byte[] expected, SplittableRandom random)
      throws Exception {
    ServedVolume clone = node.create(Map.of("snapshotId", snapshot, "type", "unlimited"));
    byte[] own = expected.clone();
    overwrite(clone, own, random);
    Thread.sleep(random.nextInt(1500));
    node.kill();
    node.restart();
    assertArrayEquals(own, read(clone));
    node.delete(clone);
  }

  private static void overwrite(ServedVolume volume, byte[] contents, SplittableRandom random)
      throws IOException {
    byte[] some = new byte[8192];
    random.nextBytes(some);
    int at = random.nextInt(BYTES / 4096 - 2) * 4096;
    System.arraycopy(some, 0, contents, at, some.length);
    write(volume, at, some);
  }

  private static void write(ServedVolume volume, long offset, byte[] bytes) throws IOException {
    try (NbdTestClient client = open(volume)) {
      client.write(offset, bytes);
      client.flush();
      client.disconnect();
    }
  }

  private static byte[] read(ServedVolume volume) throws IOException {
    try (NbdTestClient client = open(volume)) {
      byte[] bytes = client.read(0, BYTES);
      client.disconnect();
      return bytes;
    }
  }

  private static NbdTestClient open(ServedVolume volume) throws IOException {
    return NbdTestClient.open(volume.address(Transport.UNIX), volume.export());
  }

  /// Whether its volumes are encrypted.
  boolean encrypted() {
    return false;
  }
}
