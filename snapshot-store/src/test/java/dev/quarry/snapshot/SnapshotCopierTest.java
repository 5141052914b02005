package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.objects.FilterStore;
import dev.quarry.objects.MemoryStore;
import dev.quarry.objects.ObjectStore;
import dev.quarry.objects.ObjectStoreException;
import dev.quarry.volume.ChunkLayout;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Copies of snapshots restore exactly, from their store alone, whatever happened while they were
/// made.
class SnapshotCopierTest {
  private static final int CHUNK = ChunkLayout.CHUNK_BYTES;
  private static final UUID COPIES = SnapshotCopier.lineageOf(Samples.VOLUME, "k");

  /// A volume whose snapshots are in one store.
  private static final class Scene {
    final FaultyStore store = new FaultyStore(MemoryStore.create());
    final Seals seals;
    final SnapshotService service;
    final ByteVolume volume;
    final Map<SnapshotId, byte[]> taken = new LinkedHashMap<>();
    Optional<ParentSnapshot> parent = Optional.empty();

    Scene(boolean encrypted, int sizeBytes) {
      seals = Samples.seals(encrypted);
      service = service(store, seals, 1);
      service.takeOver(Samples.VOLUME);
      volume = new ByteVolume(sizeBytes);
    }

    SnapshotId take() {
      PendingSnapshot pending =
          Samples.begin(
              service,
              new SnapshotRequest(
                  Samples.VOLUME,
                  volume.freeze(parent.map(ParentSnapshot::cutEpoch).orElse(0L)),
                  parent,
                  "original",
                  Map.of("t", "1"),
                  Map.of("volumeType", "gp3"),
                  new Hints(new byte[] {3}, List.of(1L))),
              5);
      parent = Optional.of(pending.await());
      taken.put(pending.id(), volume.contents());
      return pending.id();
    }

    /// A volume of some MiB, with three snapshots.
    static Scene small() {
      Scene scene = new Scene(true, 5 * CHUNK);
      scene.volume.write(0, Samples.bytes(1, 3 * CHUNK));
      scene.take();
      scene.volume.write(CHUNK + 5, Samples.bytes(2, 9000));
      scene.take();
      scene.volume.write(4 * CHUNK, Samples.bytes(3, CHUNK));
      scene.take();
      return scene;
    }

    List<SnapshotId> ids() {
      return List.copyOf(taken.keySet());
    }
  }

  private static SnapshotService service(ObjectStore store, Seals seals, int seed) {
    return new SnapshotService(
        store,
        _ -> seals,
        Anchors.none(),
        Samples.CLOCK,
        new Random(seed),
        new WriterLimits(2, 4, 1 << 20));
  }

  private static SnapshotCopier copier(SnapshotService from, SnapshotService to) {
    return new SnapshotCopier(from, to, Samples.CLOCK);
  }

  private static PendingSnapshot begin(SnapshotCopier copier, SnapshotId id) {
    return copier.copy(
        id, COPIES, new SnapshotService.ImportAbout("copy", Map.of(), Map.of("kmsKeyId", "k")));
  }

  private static SnapshotId copy(SnapshotCopier copier, SnapshotId id) {
    PendingSnapshot pending = begin(copier, id);
    pending.await();
    return pending.id();
  }

  /// Reads a copy as somebody does who has nothing but its store and its key.
  private static void check(ObjectStore store, Seals seals, SnapshotId copy, byte[] expected) {
    SnapshotService fresh = service(store, seals, 99);
    assertArrayEquals(expected, Restores.whole(fresh.reader(copy)));
    SnapshotInfo info = fresh.show(copy);
    assertEquals("gp3", info.attributes().get("volumeType"));
    assertEquals("k", info.attributes().get("kmsKeyId"));
    assertEquals("copy", info.description());
    assertEquals(List.of(1L), fresh.reader(copy).hints().trace());
  }

  private static long bytes(ObjectStore store) throws ObjectStoreException {
    long[] sum = new long[1];
    Stores.forEach(store, "", entry -> sum[0] += entry.sizeBytes());
    return sum[0];
  }

  @ParameterizedTest
  @CsvSource({"1,false,false", "2,true,false", "3,false,true", "4,true,true"})
  void copies_ofAnyHistory_restoreTheirBytes(int seed, boolean encrypted, boolean encryptedCopy) {
    Random random = new Random(seed);
    Scene scene = new Scene(encrypted, 3 * CHUNK + 512 * random.nextInt(2 * CHUNK / 512));
    MemoryStore target = MemoryStore.create();
    Seals seals = encryptedCopy ? Samples.encrypted(2) : Samples.plain();
    Map<SnapshotId, byte[]> copies = new LinkedHashMap<>();
    for (int i = 0; i < 12; i++) {
      for (int writes = random.nextInt(4); writes > 0; writes--) {
        int offset = random.nextInt(scene.volume.sizeBytes());
        int most = Math.min(scene.volume.sizeBytes() - offset, 1 + random.nextInt(CHUNK));
        byte[] bytes = new byte[most];
        if (random.nextInt(3) > 0) {
          random.nextBytes(bytes);
        }
        scene.volume.write(offset, bytes);
      }
      if (random.nextInt(5) == 0) {
        scene.volume.grow(scene.volume.sizeBytes() + 512 * random.nextInt(CHUNK / 512));
      }
      scene.take();
      if (random.nextBoolean()) {
        SnapshotId id = scene.ids().get(random.nextInt(scene.ids().size()));
        SnapshotService to = service(target, seals, 100 + i); // another process each time
        copies.put(copy(copier(scene.service, to), id), scene.taken.get(id));
      }
    }
    assertTrue(copies.size() > 2);
    copies.forEach((id, bytes) -> check(target, seals, id, bytes));
    assertEquals(List.of(), service(target, seals, 98).check().run(CheckReading.ALL).damages());
  }

  @Test
  void copy_afterAnEarlierOne_storesWhatChanged() throws Exception {
    Scene scene = new Scene(true, 40 * CHUNK);
    scene.volume.write(0, Samples.bytes(1, 40 * CHUNK));
    SnapshotId one = scene.take();
    scene.volume.write(7 * CHUNK + 5, Samples.bytes(2, 1000));
    SnapshotId two = scene.take();
    MemoryStore target = MemoryStore.create();
    Seals seals = Samples.encrypted(2);
    SnapshotCopier copier = copier(scene.service, service(target, seals, 2));
    copy(copier, one);
    long before = bytes(target);
    SnapshotId later = copy(copier, two);
    assertTrue(bytes(target) - before < 20_000, "bytes " + (bytes(target) - before));
    check(target, seals, later, scene.taken.get(two));
  }

  @Test
  void copy_afterTheOriginalOfAnEarlierOneIsGone_storesWhatChanged() throws Exception {
    Scene scene = new Scene(true, 40 * CHUNK);
    scene.volume.write(0, Samples.bytes(1, 40 * CHUNK));
    SnapshotId one = scene.take();
    scene.volume.write(7 * CHUNK + 5, Samples.bytes(2, 1000));
    SnapshotId two = scene.take();
    MemoryStore target = MemoryStore.create();
    Seals seals = Samples.encrypted(2);
    copy(copier(scene.service, service(target, seals, 2)), one);
    long before = bytes(target);
    LineageLog log =
        LineageLog.open(
            scene.store, scene.seals, Samples.VOLUME, Anchors.none(), Samples.CLOCK, new Random(5));
    log.append(new LogBody.Delete(1));
    SnapshotCopier copier = copier(service(scene.store, scene.seals, 6), service(target, seals, 3));
    SnapshotId later = copy(copier, two);
    assertTrue(bytes(target) - before < 20_000, "bytes " + (bytes(target) - before));
    check(target, seals, later, scene.taken.get(two));
  }

  @Test
  void copy_intoTheSameStore_isASnapshotOfItsOwn() {
    Scene scene = Scene.small();
    SnapshotId id = scene.ids().getLast();
    SnapshotId copy = copy(copier(scene.service, scene.service), id);
    assertNotEquals(id, copy);
    check(scene.store, scene.seals, copy, scene.taken.get(id));
    assertEquals(COPIES, scene.service.show(copy).volume());
  }

  /// What the second of three copies does, with a fault at each request to either store.
  @ParameterizedTest
  @CsvSource({"false,false", "true,false", "false,true", "true,true"})
  void copy_withAFaultAtAnyRequest_losesNothing(boolean afterEffect, boolean ofTarget) {
    Seals seals = Samples.encrypted(2);
    int calls = calls(seals, ofTarget);
    assertTrue(calls >= 8, "requests " + calls);
    for (int at = 0; at < calls; at++) {
      Scene scene = Scene.small();
      FaultyStore target = new FaultyStore(MemoryStore.create());
      Map<SnapshotId, byte[]> copies = new LinkedHashMap<>();
      SnapshotCopier copier = copier(scene.service, service(target, seals, 2));
      SnapshotId one = scene.ids().get(0);
      copies.put(copy(copier, one), scene.taken.get(one));
      FaultyStore faulty = ofTarget ? target : scene.store;
      faulty.failAfter(at, afterEffect, false);
      SnapshotId two = scene.ids().get(1);
      try {
        copies.put(copy(copier, two), scene.taken.get(two));
      } catch (SnapshotException.Unavailable e) {
        // It can be repeated.
      }
      faulty.heal();
      SnapshotService from = service(scene.store, scene.seals, 7);
      SnapshotService to = service(target, seals, 8);
      SnapshotId three = scene.ids().get(2);
      copies.put(copy(copier(from, to), three), scene.taken.get(three));
      copies.forEach((id, bytes) -> check(target, seals, id, bytes));
      assertTrue(to.list(COPIES).stream().noneMatch(i -> i.state() == SnapshotInfo.State.PENDING));
      assertEquals(Map.of(), pins(scene), "pins stay after a fault at " + at);
      assertEquals(List.of(), to.check().run(CheckReading.ALL).damages());
      assertEquals(List.of(), from.check().run(CheckReading.ALL).damages());
    }
  }

  private static Map<Bits128, LogBody.Pin> pins(Scene scene) {
    return LineageLog.open(
            scene.store, scene.seals, Samples.VOLUME, Anchors.none(), Samples.CLOCK, new Random(5))
        .state()
        .pins();
  }

  private static int calls(Seals seals, boolean ofTarget) {
    Scene scene = Scene.small();
    FaultyStore target = new FaultyStore(MemoryStore.create());
    SnapshotCopier copier = copier(scene.service, service(target, seals, 2));
    copy(copier, scene.ids().get(0));
    FaultyStore counted = ofTarget ? target : scene.store;
    int before = counted.calls();
    copy(copier, scene.ids().get(1));
    return counted.calls() - before;
  }

  /// A store that keeps everything: an object-lock bucket.
  private static final class Immutable extends FilterStore {
    final List<String> refused = new ArrayList<>();

    Immutable() {
      super(MemoryStore.create());
    }

    @Override
    public Put putIfAbsent(String name, MemorySegment bytes) throws ObjectStoreException {
      Put put = super.putIfAbsent(name, bytes);
      if (put == Put.EXISTED) {
        refused.add(name);
      }
      return put;
    }

    @Override
    public void delete(String name) throws ObjectStoreException {
      throw new ObjectStoreException.Denied("object is locked name=" + name, null);
    }
  }

  @Test
  void copy_intoAnImmutableBucket_neitherOverwritesNorDeletes() {
    Scene scene = Scene.small();
    Immutable target = new Immutable();
    Seals seals = Samples.encrypted(2);
    SnapshotCopier copier = copier(scene.service, service(target, seals, 2));
    for (SnapshotId id : scene.ids()) {
      check(target, seals, copy(copier, id), scene.taken.get(id));
    }
    assertEquals(List.of(), target.refused);
  }

  /// A store in which a put of a root waits until it is told to go on.
  private static final class Stalled extends FilterStore {
    final CountDownLatch reached = new CountDownLatch(1);
    final CountDownLatch goOn = new CountDownLatch(1);

    Stalled(ObjectStore next) {
      super(next);
    }

    @Override
    public Put putIfAbsent(String name, MemorySegment bytes) throws ObjectStoreException {
      if (name.contains("root-")) {
        reached.countDown();
        try {
          goOn.await();
        } catch (InterruptedException e) {
          throw new ObjectStoreException.Stopped("interrupted", e);
        }
      }
      return super.putIfAbsent(name, bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void copy_byACopierThatStalledWhileAnotherWentOn_harmsNoSnapshot(boolean sameSnapshot)
      throws Exception {
    Scene scene = Scene.small();
    MemoryStore target = MemoryStore.create();
    Seals seals = Samples.encrypted(2);
    Stalled stalled = new Stalled(target);
    SnapshotId first = scene.ids().get(0);
    PendingSnapshot asleep = begin(copier(scene.service, service(stalled, seals, 2)), first);
    stalled.reached.await();
    SnapshotService from = service(scene.store, scene.seals, 7);
    SnapshotCopier awake = copier(from, service(target, seals, 3));
    SnapshotId id = sameSnapshot ? first : scene.ids().get(1);
    SnapshotId made = copy(awake, id);
    stalled.goOn.countDown();
    assertThrows(SnapshotException.class, asleep::await);
    check(target, seals, made, scene.taken.get(id));
    SnapshotService fresh = service(target, seals, 4);
    assertEquals(
        List.of(made),
        fresh.list(COPIES).stream()
            .filter(i -> i.state() == SnapshotInfo.State.COMPLETED)
            .map(SnapshotInfo::id)
            .toList());
    assertEquals(List.of(), fresh.check().run(CheckReading.ALL).damages());
    scene.taken.forEach(
        (original, bytes) -> assertArrayEquals(bytes, Restores.whole(from.reader(original))));
  }
}
