package dev.quarry.node;

import static dev.quarry.node.SnapshotFixture.MIB;
import static dev.quarry.node.SnapshotFixture.random;
import static dev.quarry.node.SnapshotFixture.read;
import static dev.quarry.node.SnapshotFixture.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.NbdConnection;
import dev.quarry.cli.CommandRun;
import dev.quarry.crypto.Caller;
import dev.quarry.objects.DirectoryStore;
import dev.quarry.objects.Limits;
import dev.quarry.objects.S3Credentials;
import dev.quarry.objects.S3Settings;
import dev.quarry.snapshot.Anchors;
import dev.quarry.snapshot.Hints;
import dev.quarry.snapshot.Lineages;
import dev.quarry.snapshot.SnapshotException;
import dev.quarry.snapshot.SnapshotId;
import dev.quarry.snapshot.SnapshotService;
import dev.quarry.snapshot.StoreKeyring;
import dev.quarry.snapshot.WriterLimits;
import dev.quarry.volume.VolumeId;
import java.io.EOFException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Snapshots of a node's volumes, and volumes made from them.
@Timeout(120)
final class SnapshotsTest {
  @TempDir private Path folder;
  private SnapshotFixture node;

  @BeforeEach
  void prepare() {
    node = new SnapshotFixture(folder.resolve("data"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void snapshot_attachedAsItIs_readsTheInstant_andRefusesChanges(boolean encrypted)
      throws Exception {
    byte[] first = random(1, 3 * MIB);
    try (Node running = node.start()) {
      node.create("db", encrypted ? new String[] {"--encrypted"} : new String[0]);
      write(running, "db", 10 * MIB + 512, first);
      String snapshot = node.snapshot("db");
      write(running, "db", 10 * MIB, random(2, MIB));
      try (NbdConnection client = SnapshotFixture.connect(running, snapshot);
          NbdConnection another = SnapshotFixture.connect(running, snapshot)) {
        assertEquals(1L << 30, client.sizeBytes());
        assertArrayEquals(first, client.read(10 * MIB + 512, 3 * MIB));
        assertArrayEquals(first, another.read(10 * MIB + 512, 3 * MIB));
        assertArrayEquals(new byte[MIB], another.read(500L * MIB, MIB));
        assertEquals(1, client.write(0, new byte[512])); // EPERM
      }
      assertArrayEquals(first, read(running, snapshot, 10 * MIB + 512, 3 * MIB));
      for (String name : List.of("snap-0123456789abcdef0", "snap-none")) {
        assertThrows(EOFException.class, () -> SnapshotFixture.connect(running, name));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void volume_madeFromASnapshot_hasTheInstant_andSoHaveItsClones(boolean encrypted)
      throws Exception {
    String[] how = encrypted ? new String[] {"--encrypted"} : new String[0];
    byte[] first = random(1, 3 * MIB);
    byte[] second = random(2, MIB);
    byte[] third = random(3, MIB);
    String last;
    try (Node running = node.start()) {
      node.create("db", how);
      write(running, "db", 10 * MIB, first);
      String one = node.snapshot("db");
      write(running, "db", 11 * MIB, second);
      String two = node.snapshot("db");
      node.createFrom(one, "old");
      node.createFrom(two, "new", "--size", "2GiB");
      assertArrayEquals(first, read(running, "old", 10 * MIB, 3 * MIB));
      assertArrayEquals(second, read(running, "new", 11 * MIB, MIB));
      write(running, "new", 1500L * MIB, third);
      last = node.snapshot("new");
      node.json("volume", "delete", "db");
      node.json("volume", "delete", "old");
    }
    try (Node running = node.start()) {
      assertEquals(3, node.json("snapshot", "list").objects("snapshots").size());
      node.createFrom(last, "clone");
      byte[] expected = first.clone();
      System.arraycopy(second, 0, expected, MIB, MIB);
      assertArrayEquals(expected, read(running, "clone", 10 * MIB, 3 * MIB));
      assertArrayEquals(third, read(running, "clone", 1500L * MIB, MIB));
      assertArrayEquals(new byte[MIB], read(running, "clone", 100 * MIB, MIB));
      node.awaitLocal("clone");
      assertEquals(encrypted, node.volume("clone").truth("encrypted").orElseThrow());
    }
  }

  @Test
  void snapshot_afterAnother_storesWhatChanged() throws Exception {
    try (Node running = node.start()) {
      node.create("db");
      write(running, "db", 0, random(1, 8 * MIB));
      node.snapshot("db");
      write(running, "db", 5 * MIB, random(2, 4096));
      String second = node.snapshot("db");
      JsonObject shown = node.json("snapshot", "show", second);
      assertTrue(shown.number("storedBytes").orElseThrow() < 8192, shown::toString);
      assertEquals(Optional.of(8L * MIB), shown.number("fullSnapshotSizeInBytes"));
    }
  }

  @Test
  void snapshotOfAClone_beforeAnyWrite_storesNothing() throws Exception {
    try (Node running = node.start()) {
      node.create("db", "--encrypted");
      write(running, "db", 0, random(1, 8 * MIB));
      node.createFrom(node.snapshot("db"), "clone");
      JsonObject shown = node.json("snapshot", "show", node.snapshot("clone"));
      assertEquals(Optional.of(0L), shown.number("storedBytes"), shown::toString);
    }
  }

  @Test
  void volume_madeUnderAnotherKey_hasTheContents_andAFullSnapshot() throws Exception {
    byte[] bytes = random(1, 4 * MIB);
    try (Node running = node.start()) {
      node.json("key", "create", "--alias", "alias/web");
      node.create("plain");
      write(running, "plain", 0, bytes);
      node.createFrom(node.snapshot("plain"), "anew", "--encrypted");
      assertArrayEquals(bytes, read(running, "anew", 0, 4 * MIB));
      node.create("sealed", "--encrypted");
      write(running, "sealed", 0, bytes);
      node.createFrom(node.snapshot("sealed"), "other", "--key", "alias/web");
      assertNotEquals(
          node.volume("sealed").text("kmsKeyId"), node.volume("other").text("kmsKeyId"));
      assertArrayEquals(bytes, read(running, "other", 0, 4 * MIB));
      String last = node.snapshot("other");
      JsonObject shown = node.json("snapshot", "show", last);
      assertTrue(shown.number("storedBytes").orElseThrow() > 4 * MIB, shown::toString);
      node.createFrom(last, "again");
      assertArrayEquals(bytes, read(running, "again", 0, 4 * MIB));
    }
  }

  @Test
  void group_isOneInstant_andCannotNameAVolumeTwice() throws Exception {
    try (Node running = node.start()) {
      node.create("a");
      node.create("b", "--encrypted");
      write(running, "a", 0, random(1, MIB));
      write(running, "b", 0, random(2, MIB));
      List<JsonObject> made =
          node.json("snapshot", "create", "b", "a", "--wait").objects("snapshots");
      assertEquals(node.volume("b").text("id"), made.get(0).text("volumeId"));
      node.createFrom(made.get(0).text("id").orElseThrow(), "b2");
      node.createFrom(made.get(1).text("id").orElseThrow(), "a2");
      assertArrayEquals(random(1, MIB), read(running, "a2", 0, MIB));
      assertArrayEquals(random(2, MIB), read(running, "b2", 0, MIB));
      String id = node.volume("a").text("id").orElseThrow();
      refused("InvalidParameterValue", "snapshot", "create", "a", id);
    }
  }

  @Test
  void restart_atHalfHydration_goesOn() throws Exception {
    byte[] bytes = random(1, 24 * MIB);
    Limits slow = Limits.NONE.withGetBytesPerSecond(8L * MIB);
    try (Node running = node.start()) {
      node.create("db", "--encrypted");
      write(running, "db", 0, bytes);
      node.snapshot("db");
    }
    try (Node running = node.start(slow)) {
      String snapshot = onlySnapshot();
      node.createFrom(snapshot, "copy", "--initialization-rate", "100MiB");
      write(running, "copy", 2 * MIB + 4096, random(2, 8192));
      System.arraycopy(random(2, 8192), 0, bytes, 2 * MIB + 4096, 8192);
      assertEquals("initializing", node.initialization("copy"));
    }
    try (Node running = node.start(slow)) {
      assertEquals("initializing", node.initialization("copy"));
      assertArrayEquals(Arrays.copyOf(bytes, 4 * MIB), read(running, "copy", 0, 4 * MIB));
    }
    try (Node running = node.start()) {
      node.awaitLocal("copy");
      assertArrayEquals(bytes, read(running, "copy", 0, 24 * MIB));
      assertEquals("available", node.volume("copy").text("state").orElseThrow());
    }
  }

  @Test
  void nodeEnd_withASnapshotPending_isQuick_andTheSnapshotAnError_andTheNextOneWhole()
      throws Exception {
    byte[] bytes = random(1, 24 * MIB);
    String pending;
    long began;
    try (Node running = node.start(Limits.NONE.withPutBytesPerSecond(MIB))) {
      node.create("db");
      write(running, "db", 0, bytes);
      pending =
          node.json("snapshot", "create", "db")
              .objects("snapshots")
              .getFirst()
              .text("id")
              .orElseThrow();
      refused("IncorrectState", "volume", "delete", "db");
      refused("IncorrectState", "volume", "create", "--snapshot", pending);
      String image = folder.resolve("out.img").toString();
      refused("wait until it is completed", "snapshot", "export", pending, image);
      began = System.nanoTime();
    }
    assertTrue(System.nanoTime() - began < 10_000_000_000L, "slow end");
    try (Node running = node.start()) {
      awaitState(pending, "error");
      write(running, "db", 0, random(2, 4096));
      System.arraycopy(random(2, 4096), 0, bytes, 0, 4096);
      node.createFrom(node.snapshot("db"), "copy");
      assertArrayEquals(bytes, read(running, "copy", 0, 24 * MIB));
    }
  }

  @Test
  void snapshots_moreThanMayBePending_areRefused() throws Exception {
    try (Node running = node.start(Limits.NONE.withPutBytesPerSecond(MIB / 4))) {
      node.create("db");
      write(running, "db", 0, random(1, 8 * MIB));
      try (NbdConnection client = SnapshotFixture.connect(running, "db")) {
        // The first is uploaded at once, the others wait for its bandwidth.
        int begun = 0;
        CommandRun last = new CommandRun(0, "", "");
        while (last.exitCode() == 0 && begun < 8) {
          assertEquals(0, client.write(begun * MIB, random(begun, 2 * MIB)));
          last = CommandRun.on(node.data(), "snapshot", "create", "db");
          begun += last.exitCode() == 0 ? 1 : 0;
        }
        assertTrue(last.err().contains("ConcurrentSnapshotLimitExceeded"), last.err());
        assertTrue(begun == 5 || begun == 6, "begun " + begun);
      }
    }
  }

  @Test
  void storeOutOfReach_volumesAreServed_andSnapshotsRefused() throws Exception {
    StoreSettings.Place nowhere =
        new StoreSettings.Place.Bucket(
            S3Settings.of(
                URI.create("http://127.0.0.1:1"),
                "bucket",
                "us-east-1",
                S3Credentials.of("id", "secret")),
            Optional.of("node"));
    byte[] bytes = random(1, MIB);
    try (Node running = node.start(nowhere, Limits.NONE, Duration.ofMillis(500))) {
      node.create("db");
      write(running, "db", 0, bytes);
      refused("InternalError", "snapshot", "create", "db");
      refused("InternalError", "snapshot", "list");
      assertArrayEquals(bytes, read(running, "db", 0, MIB));
    }
    try (Node running = node.start()) { // a store that can be reached
      node.createFrom(node.snapshot("db"), "copy");
      assertArrayEquals(bytes, read(running, "copy", 0, MIB));
    }
  }

  @Test
  void storeOutOfReach_volumeThatIsPartlyLocal_servesWhatIsHere() throws Exception {
    byte[] own = random(2, MIB);
    Path store = folder.resolve("store");
    StoreSettings.Place place = new StoreSettings.Place.Folder(store);
    Limits slow = Limits.NONE.withGetBytesPerSecond(MIB);
    try (Node running = node.start(place, slow, Duration.ofSeconds(5))) {
      node.create("db");
      write(running, "db", 0, random(1, 8 * MIB));
      node.createFrom(node.snapshot("db"), "copy");
      write(running, "copy", 6 * MIB, own);
    }
    Files.move(store, folder.resolve("away"));
    Files.writeString(store, "no folder any more");
    try (Node running = node.start(place, slow, Duration.ofMillis(200))) {
      assertArrayEquals(own, read(running, "copy", 6 * MIB, MIB));
      assertEquals("initializing", node.initialization("copy"));
    }
    Files.delete(store);
    Files.move(folder.resolve("away"), store);
    try (Node running = node.start(place, Limits.NONE, Duration.ofSeconds(5))) {
      node.awaitLocal("copy");
      byte[] expected = random(1, 8 * MIB);
      System.arraycopy(own, 0, expected, 6 * MIB, MIB);
      assertArrayEquals(expected, read(running, "copy", 0, 8 * MIB));
    }
  }

  @Test
  void volume_ofASnapshotWhoseKeyIsNotInTheStore_isRefused() throws Exception {
    try (Node running = node.start()) {
      node.create("db", "--encrypted");
      write(running, "db", 0, random(1, 4096));
      String snapshot = node.snapshot("db");
      VolumeId db = VolumeId.parse(node.volume("db").text("id").orElseThrow());
      Path keys = node.data().resolve("snapshots/v/" + Lineages.of(db) + "/keys");
      Files.move(keys, folder.resolve("away"));
      refused("wrapped key is missing", "volume", "create", "--snapshot", snapshot);
      Files.move(folder.resolve("away"), keys);
      node.createFrom(snapshot, "copy");
    }
  }

  @Test
  void imageInAndOut_isTheSame_andSparse() throws Exception {
    byte[] bytes = random(1, MIB);
    Path image = folder.resolve("in.img");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(64 * MIB);
      file.seek(20 * MIB);
      file.write(bytes);
    }
    Path out = folder.resolve("out.img");
    try (Node running = node.start()) {
      for (String how : List.of("--description=plain", "--encrypted")) {
        JsonObject imported =
            node.json("snapshot", "import", image.toString(), "--wait", how, "--tag", "a=b");
        String id = imported.text("id").orElseThrow();
        assertEquals(how.equals("--encrypted"), imported.truth("encrypted").orElseThrow());
        node.json("snapshot", "export", id, out.toString());
        assertEquals(-1, Files.mismatch(image, out));
        refused("InvalidParameterValue", "snapshot", "export", id, out.toString());
        Files.delete(out);
        String name = how.replace("--", "").replace('=', '-');
        node.createFrom(id, name);
        assertArrayEquals(bytes, read(running, name, 20 * MIB, MIB));
      }
      refused("InvalidParameterValue", "snapshot", "import", out.toString());
      Files.write(out, new byte[1000]);
      refused("InvalidParameterValue", "snapshot", "import", out.toString());
    }
  }

  @Test
  void badRequests_areRefusedInTheWordsOfEbs() throws Exception {
    try (Node running = node.start()) {
      node.create("db");
      write(running, "db", 0, random(1, 4096));
      String snapshot = node.snapshot("db");
      refused("InvalidVolume.NotFound", "snapshot", "create", "nobody");
      refused("InvalidSnapshot.NotFound", "snapshot", "show", "snap-0123456789abcdef0");
      refused("InvalidSnapshotID.Malformed", "snapshot", "show", "snap-1");
      refused(
          "InvalidSnapshot.NotFound", "volume", "create", "--snapshot", "snap-0123456789abcdef0");
      node.createFrom(snapshot, "two", "--size", "2GiB");
      String larger = node.snapshot("two");
      refused("InvalidParameterValue", "volume", "create", "--snapshot", larger, "--size", "1GiB");
      refused(
          "InvalidParameterValue",
          "volume",
          "create",
          "--snapshot",
          larger,
          "--initialization-rate",
          "99MiB");
      assertFalse(CommandRun.on(node.data(), "volume", "create").err().isEmpty());
    }
  }

  @Test
  void snapshot_keepsHowItsVolumeWasRead() throws Exception {
    try (Node running = node.start()) {
      node.create("db");
      write(running, "db", 0, random(1, 8 * MIB));
      read(running, "db", 6 * MIB, 4096);
      String snapshot = node.snapshot("db");
      try (var store = new NodeStore(node.data())) {
        Hints hints = store.service().source(new SnapshotId(snapshot)).hints();
        assertEquals(List.of(12L), hints.trace());
        assertEquals(3, hints.heatOf(12));
        assertEquals(0, hints.heatOf(3));
      }
    }
  }

  @Test
  void delete_ofAVolumeWhoseOnlySnapshotFailed_letsItsOriginGo() throws Exception {
    String origin;
    String failed;
    VolumeId copy;
    try (Node running = node.start(Limits.NONE.withPutBytesPerSecond(MIB))) {
      node.create("db");
      origin = node.snapshot("db");
      node.createFrom(origin, "copy");
      copy = VolumeId.parse(node.volume("copy").text("id").orElseThrow());
      write(running, "copy", 0, random(1, 24 * MIB));
      failed = ids(node.json("snapshot", "create", "copy")).getFirst();
    }
    try (Node _ = node.start();
        NodeStore store = new NodeStore(node.data())) {
      awaitState(failed, "error");
      assertTrue(store.pins(origin, copy));
      node.json("volume", "delete", "copy");
      while (store.pins(origin, copy)) {
        Thread.sleep(20);
      }
    }
  }

  /// The snapshots of a node, read past it.
  private record NodeStore(DirectoryStore store) implements AutoCloseable {
    NodeStore(Path data) throws Exception {
      this(DirectoryStore.open(data.resolve("snapshots")));
    }

    SnapshotService service() {
      return new SnapshotService(
          store,
          new StoreKeyring(store, Optional.empty(), Caller.owner()),
          Anchors.none(),
          Clock.systemUTC(),
          new SecureRandom(),
          WriterLimits.DEFAULT);
    }

    /// Whether a snapshot stays for a volume that was made from it.
    boolean pins(String snapshot, VolumeId volume) {
      try {
        service().pinnedSource(new SnapshotId(snapshot), Lineages.of(volume)).close();
        return true;
      } catch (SnapshotException.IncorrectState _) {
        return false;
      }
    }

    @Override
    public void close() {
      store.close();
    }
  }

  private String onlySnapshot() throws Exception {
    List<String> ids = ids(node.json("snapshot", "list"));
    assertEquals(1, ids.size());
    return ids.getFirst();
  }

  private static List<String> ids(JsonObject answer) {
    return answer.objects("snapshots").stream().map(s -> s.text("id").orElseThrow()).toList();
  }

  private void awaitState(String snapshot, String state) throws Exception {
    while (!node.json("snapshot", "show", snapshot).text("state").equals(Optional.of(state))) {
      Thread.sleep(20);
    }
  }

  private void refused(String code, String... words) {
    CommandRun run = CommandRun.on(node.data(), words);
    assertEquals(1, run.exitCode(), run.out());
    assertTrue(run.err().contains(code), run.err());
  }
}
