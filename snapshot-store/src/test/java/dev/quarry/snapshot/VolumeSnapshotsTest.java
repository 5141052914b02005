package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.TestBytes;
import dev.quarry.crypto.DataKey;
import dev.quarry.crypto.InsecureKeyAccess;
import dev.quarry.disk.PosixDisk;
import dev.quarry.objects.DirectoryStore;
import dev.quarry.volume.ChunkLayout;
import dev.quarry.volume.ControlException;
import dev.quarry.volume.VolumeId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Volumes of the real engine on the real disk, and a store in a directory.
class VolumeSnapshotsTest {
  private static final int CHUNK = ChunkLayout.CHUNK_BYTES;
  private static final int BLOCK = ChunkLayout.BLOCK_BYTES;
  private static final int SIZE = 40 * CHUNK;
  private static final UUID LINEAGE = Lineages.of(new VolumeId("vol-0123456789abcdef0"));
  private static final UUID CLONE = Lineages.of(new VolumeId("vol-0fedcba9876543210"));

  @TempDir Path folder;
  private PosixDisk disk;
  private FaultyStore store;
  private Seals seals;
  private SnapshotService service;
  private VolumeSnapshots snapshots;
  private EngineVolume volume;
  private byte[] contents;

  @BeforeEach
  void begin() throws IOException {
    disk = PosixDisk.open(folder);
    store = new FaultyStore(DirectoryStore.open(folder.resolve("store")));
    seals = Samples.plain();
    restart();
    volume = new EngineVolume(LINEAGE, SIZE, Optional.empty(), Optional.empty(), Optional.empty());
    volume.open(disk.folder("volume"), snapshots, false);
    contents = new byte[SIZE];
    write(volume, 0, Samples.bytes(1, 30 * CHUNK));
  }

  @AfterEach
  void end() throws IOException {
    volume.data().close();
    store.close();
  }

  @Test
  void create_whileTheVolumeChanges_hasTheInstant() throws IOException {
    byte[] instant = contents.clone();
    PendingSnapshot pending = snapshots.create(volume, "first", Map.of("Name", "a"));
    write(volume, 5000, Samples.bytes(2, 3 * CHUNK));
    pending.await();
    assertArrayEquals(instant, Restores.whole(service.reader(pending.id())));
    SnapshotInfo info = snapshots.show(pending.id());
    assertEquals(Optional.of(new VolumeId("vol-0123456789abcdef0")), info.volumeId());
    assertEquals("first", info.description());
    assertEquals(List.of(pending.id()), ids(snapshots.list(LINEAGE)));
    assertTrue(snapshots.progress(pending.id()).isEmpty(), "it is made");
  }

  @Test
  void create_ofAFewChangedBlocks_storesThose() throws IOException {
    take();
    for (int i = 0; i < 20; i++) {
      write(volume, i * CHUNK + 3 * BLOCK, Samples.bytes(i, BLOCK));
    }
    PendingSnapshot second = take();
    assertArrayEquals(contents, Restores.whole(service.reader(second.id())));
    long stored = snapshots.show(second.id()).storedBytes();
    assertTrue(stored < 20 * (BLOCK + 200) + 8000, "stored " + stored);
    PendingSnapshot third = take();
    assertArrayEquals(contents, Restores.whole(service.reader(third.id())));
    assertEquals(0, snapshots.show(third.id()).storedBytes(), "nothing changed");
  }

  @Test
  void create_afterAFailedOne_coversItsChanges() throws IOException {
    take();
    write(volume, 100, Samples.bytes(3, BLOCK));
    store.failAfter(4, false, true);
    PendingSnapshot failed = snapshots.create(volume, "", Map.of());
    assertThrows(SnapshotException.Unavailable.class, failed::await);
    store.heal();
    snapshots.open(LINEAGE);
    assertEquals(SnapshotInfo.State.ERROR, snapshots.show(failed.id()).state());
    write(volume, 9 * CHUNK, Samples.bytes(4, BLOCK));
    PendingSnapshot next = take();
    assertArrayEquals(contents, Restores.whole(service.reader(next.id())));
  }

  @Test
  void create_byAProcessThatWasFenced_isAConflict() {
    restart();
    snapshots.open(LINEAGE);
    VolumeSnapshots first = snapshots;
    restart();
    snapshots.open(LINEAGE);
    first.list(LINEAGE);
    var e = assertThrows(ControlException.Conflict.class, () -> first.create(volume, "", Map.of()));
    assertEquals("IncorrectState", e.code());
  }

  @Test
  void create_ofATooLongDescription_isInvalid() {
    var e =
        assertThrows(
            ControlException.Invalid.class,
            () -> snapshots.create(volume, "x".repeat(256), Map.of()));
    assertEquals("InvalidParameterValue", e.code());
  }

  @Test
  void show_ofNothing_isNotFound() {
    var e = assertThrows(ControlException.NotFound.class, () -> snapshots.show(Samples.id(1)));
    assertEquals("InvalidSnapshot.NotFound", e.code());
  }

  @Test
  void createTogether_ofTwoVolumes_isOneGroup() throws IOException {
    EngineVolume other =
        new EngineVolume(CLONE, SIZE, Optional.empty(), Optional.empty(), Optional.empty());
    snapshots.open(CLONE);
    other.open(disk.folder("other"), snapshots, false);
    byte[] bytes = Samples.bytes(9, CHUNK);
    TestBytes.write(other.data().device(), 7, bytes);
    List<PendingSnapshot> made = snapshots.createTogether(List.of(volume, other), "both", Map.of());
    made.forEach(PendingSnapshot::await);
    assertArrayEquals(contents, Restores.whole(service.reader(made.get(0).id())));
    assertArrayEquals(other.contents(), Restores.whole(service.reader(made.get(1).id())));
    other.data().close();
  }

  @Test
  void restore_firstRead_asksForLittle() throws IOException {
    PendingSnapshot made = take();
    int before = store.calls();
    EngineVolume clone = cloneOf(made.id(), SIZE + CHUNK);
    byte[] bytes = TestBytes.read(clone.data().device(), 11 * CHUNK + 77, 5000);
    assertArrayEquals(Arrays.copyOfRange(contents, 11 * CHUNK + 77, 11 * CHUNK + 5077), bytes);
    int calls = store.calls() - before;
    assertTrue(calls <= 20, "requests " + calls);
    assertTrue(TestBytes.all(TestBytes.read(clone.data().device(), SIZE, CHUNK), 0, CHUNK, 0));
    assertFalse(clone.data().isHere(12));
    clone.data().close();
  }

  @Test
  void create_ofAHalfHydratedVolume_readsNothingThatIsCold() throws IOException {
    PendingSnapshot made = take();
    EngineVolume clone = cloneOf(made.id(), SIZE);
    clone.data().hydrate(3);
    byte[] expected = contents.clone();
    byte[] fresh = Samples.bytes(5, 2 * BLOCK);
    TestBytes.write(clone.data().device(), 20 * CHUNK + BLOCK, fresh);
    System.arraycopy(fresh, 0, expected, 20 * CHUNK + BLOCK, fresh.length);
    PendingSnapshot own = snapshots.create(clone, "", Map.of());
    own.await();
    assertFalse(clone.data().isHere(20), "the rest of a written chunk stays where it is");
    assertTrue(snapshots.show(own.id()).storedBytes() < 3 * BLOCK + 8000);
    assertArrayEquals(expected, Restores.whole(service.reader(own.id())));
    clone.data().close();
  }

  @Test
  void source_ofASnapshotThatWasDeletedSince_staysForItsVolume() throws IOException {
    PendingSnapshot made = take();
    EngineVolume clone = cloneOf(made.id(), SIZE);
    delete(made.id());
    assertThrows(ControlException.NotFound.class, () -> snapshots.show(made.id()));
    clone.data().close();
    restart();
    snapshots.open(CLONE);
    clone.open(disk.folder("clone"), snapshots, false);
    assertArrayEquals(contents, clone.contents());
    PendingSnapshot own = snapshots.create(clone, "", Map.of());
    own.await();
    assertTrue(snapshots.show(own.id()).storedBytes() < 8000, "its frames are still good");
    clone.data().close();
    snapshots.release(made.id(), CLONE);
    snapshots.release(made.id(), CLONE);
    assertThrows(ControlException.Conflict.class, () -> snapshots.source(made.id(), CLONE));
  }

  @Test
  void create_ofAVolumeUnderAnotherKey_isFull() throws IOException {
    PendingSnapshot made = take();
    byte[] raw = Samples.bytes(1, DataKey.SIZE_BYTES);
    try (DataKey key = DataKey.insecureOf(raw, InsecureKeyAccess.granted())) {
      Seals other = new DataKeySeals(key);
      service = service(lineage -> lineage.equals(CLONE) ? other : seals);
      snapshots = new VolumeSnapshots(service);
      snapshots.open(CLONE);
      EngineVolume clone =
          new EngineVolume(
              CLONE,
              SIZE,
              Optional.of(key),
              Optional.of(made.id()),
              Optional.of(snapshots.pin(made.id(), CLONE)));
      clone.open(disk.folder("clone"), snapshots, false);
      PendingSnapshot own = snapshots.create(clone, "", Map.of());
      own.await();
      assertTrue(snapshots.show(own.id()).encrypted());
      assertTrue(snapshots.show(own.id()).storedBytes() > 30 * CHUNK);
      assertArrayEquals(contents, Restores.whole(service.reader(own.id())));
      assertArrayEquals(contents, clone.contents());
      clone.data().close();
    }
  }

  @Test
  void parentSnapshot_asText_isReadBack() {
    ParentSnapshot parent = take().await();
    assertEquals(parent, ParentSnapshot.of(parent.toString()));
    assertThrows(IllegalArgumentException.class, () -> ParentSnapshot.of(parent + "0"));
  }

  @Test
  void lineage_ofAVolume_leadsBack() {
    assertEquals("51756172-7279-8012-8345-06789abcdef0", LINEAGE.toString());
    assertEquals(Optional.empty(), Lineages.volumeOf(Samples.VOLUME));
  }

  private EngineVolume cloneOf(SnapshotId id, long sizeBytes) throws IOException {
    snapshots.open(CLONE);
    ParentSnapshot parent = snapshots.pin(id, CLONE);
    EngineVolume clone =
        new EngineVolume(CLONE, sizeBytes, Optional.empty(), Optional.of(id), Optional.of(parent));
    clone.open(disk.folder("clone"), snapshots, false);
    return clone;
  }

  private PendingSnapshot take() {
    PendingSnapshot pending = snapshots.create(volume, "", Map.of());
    pending.await();
    return pending;
  }

  private void delete(SnapshotId id) {
    LineageLog log =
        LineageLog.open(store, seals, LINEAGE, Anchors.none(), Samples.CLOCK, new Random(5));
    log.append(new LogBody.Delete(log.state().snapshot(id).orElseThrow().seq()));
  }

  private void write(EngineVolume to, int offset, byte[] bytes) throws IOException {
    TestBytes.write(to.data().device(), offset, bytes);
    System.arraycopy(bytes, 0, contents, offset, bytes.length);
  }

  private void restart() {
    service = service(_ -> seals);
    snapshots = new VolumeSnapshots(service);
    snapshots.open(LINEAGE);
  }

  private SnapshotService service(Keyring keyring) {
    return new SnapshotService(
        store, keyring, Anchors.none(), Samples.CLOCK, new Random(), WriterLimits.DEFAULT);
  }

  private static List<SnapshotId> ids(List<SnapshotInfo> infos) {
    return infos.stream().map(SnapshotInfo::id).toList();
  }
}
