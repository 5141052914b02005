package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.objects.FilterStore;
import dev.quarry.objects.MemoryStore;
import dev.quarry.objects.ObjectStore;
import dev.quarry.objects.ObjectStoreException;
import dev.quarry.volume.ChunkLayout;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Damage on purpose: found, named, and told apart from what still restores.
class StoreCheckTest {
  private static final int CHUNK = ChunkLayout.CHUNK_BYTES;

  @TempDir Path folder;

  private final MemoryStore store = MemoryStore.create();
  private final Map<SnapshotId, byte[]> taken = new LinkedHashMap<>();

  /// Three snapshots of a volume: a large one, a small one, and one more.
  private void fill(Seals seals, Anchors anchors) {
    SnapshotService service = service(seals, anchors, 1);
    service.takeOver(Samples.VOLUME);
    ByteVolume volume = new ByteVolume(20 * CHUNK);
    volume.write(0, Samples.bytes(1, 20 * CHUNK));
    Optional<ParentSnapshot> parent = Optional.empty();
    for (int i = 0; i < 3; i++) {
      PendingSnapshot pending =
          Samples.begin(
              service,
              new SnapshotRequest(
                  Samples.VOLUME,
                  volume.freeze(parent.map(ParentSnapshot::cutEpoch).orElse(0L)),
                  parent,
                  "",
                  Map.of(),
                  Map.of(),
                  new Hints(new byte[] {1}, List.of(2L))),
              5);
      parent = Optional.of(pending.await());
      taken.put(pending.id(), volume.contents());
      volume.write(i * CHUNK + 7, Samples.bytes(i + 2, 9000));
      volume.write((10 + i) * CHUNK, Samples.bytes(i + 2, CHUNK));
    }
  }

  private SnapshotService service(Seals seals, Anchors anchors, int seed) {
    return new SnapshotService(
        store,
        _ -> seals,
        anchors,
        Samples.CLOCK,
        new Random(seed),
        new WriterLimits(2, 4, 1 << 20));
  }

  private CheckReport check(Seals seals, CheckReading reading) {
    return service(seals, Anchors.none(), 9).check().run(reading);
  }

  private List<String> names() throws ObjectStoreException {
    return Stores.names(store, "");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void check_ofASoundStore_findsNothing(boolean encrypted) throws Exception {
    Seals seals = Samples.seals(encrypted);
    fill(seals, Anchors.none());
    CheckReport report = check(seals, CheckReading.ALL);
    assertEquals(List.of(), report.damages());
    assertEquals(List.copyOf(taken.keySet()), report.intact());
    long packs =
        names().stream().filter(name -> name.contains("/s/") && !name.contains("root")).count();
    assertEquals(packs, report.packs());
    assertEquals(report.packBytes(), report.readBytes());
    assertEquals(0, check(seals, CheckReading.NONE).readBytes());
    assertTrue(check(seals, CheckReading.bytes(1)).readBytes() < report.packBytes());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void check_withAnyObjectGone_namesItAndWhatStillRestores(boolean encrypted) throws Exception {
    Seals seals = Samples.seals(encrypted);
    fill(seals, Anchors.none());
    String last = names().stream().filter(n -> n.contains("/log/")).toList().getLast();
    for (String name : names()) {
      byte[] bytes = store.get(name).orElseThrow();
      store.delete(name);
      if (name.equals(last)) {
        assertTrue(
            check(seals, CheckReading.NONE).isClean(), "without an anchor it is not noticed");
      } else {
        verify(seals, name, check(seals, CheckReading.NONE), name.contains("/log/"));
      }
      store.putIfAbsent(name, bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void check_withBytesFlipped_namesTheObjectAndWhatStillRestores(boolean encrypted)
      throws Exception {
    Seals seals = Samples.seals(encrypted);
    fill(seals, Anchors.none());
    Random random = new Random(4);
    for (String name : names()) {
      byte[] bytes = store.get(name).orElseThrow();
      for (int i = 0; i < 3; i++) {
        byte[] flipped = bytes.clone();
        flipped[random.nextInt(flipped.length)] ^= 1;
        store.delete(name);
        store.putIfAbsent(name, flipped);
        verify(seals, name, check(seals, CheckReading.ALL), name.contains("/log/"));
      }
      store.delete(name);
      store.putIfAbsent(name, bytes);
    }
  }

  /// @param log whether it is of the log, without which nothing can be read by anybody
  private void verify(Seals seals, String name, CheckReport report, boolean log) {
    assertFalse(report.isClean(), name);
    assertTrue(
        report.damages().stream().anyMatch(d -> (d.object() + d.what()).contains(name)),
        name + " in " + report.damages());
    List<SnapshotId> intact = new ArrayList<>();
    for (var snapshot : taken.entrySet()) {
      try {
        SnapshotService fresh = service(seals, Anchors.none(), 8);
        SnapshotReader reader = fresh.reader(snapshot.getKey());
        reader.hints();
        assertArrayEquals(snapshot.getValue(), Restores.whole(reader));
        intact.add(snapshot.getKey());
      } catch (SnapshotException e) {
        assertTrue(log || report.damaged().contains(snapshot.getKey()), e.getMessage());
      }
    }
    assertTrue(log || intact.equals(report.intact()), name + " " + report);
  }

  @Test
  void check_afterTheLogWasRolledBack_noticesByTheAnchor() throws Exception {
    Seals seals = Samples.encrypted(1);
    fill(seals, FolderAnchors.open(folder));
    String last = names().stream().filter(n -> n.contains("/log/")).toList().getLast();
    store.delete(last);
    CheckReport report =
        service(seals, FolderAnchors.open(folder), 3).check().run(CheckReading.NONE);
    assertTrue(report.damages().getFirst().what().contains("ends before what was seen"));
  }

  @Test
  void check_afterAllOfAVolumeWasDeleted_noticesByTheAnchor() throws Exception {
    Seals seals = Samples.encrypted(1);
    fill(seals, FolderAnchors.open(folder));
    for (String name : names()) {
      store.delete(name);
    }
    CheckReport report =
        service(seals, FolderAnchors.open(folder), 3).check().run(CheckReading.NONE);
    assertEquals(ObjectNames.volume(Samples.VOLUME), report.damages().getFirst().object());
  }

  @Test
  void check_ofAManifestPutInAnothersPlace_findsIt() throws Exception {
    Seals seals = Samples.encrypted(1);
    fill(seals, Anchors.none());
    List<String> manifests = names().stream().filter(n -> n.contains("/m0")).toList();
    List<String> packs = names().stream().filter(n -> n.contains("/d0")).toList();
    byte[] replayed = store.get(packs.getFirst()).orElseThrow();
    String name = manifests.isEmpty() ? packs.getLast() : manifests.getLast();
    store.delete(name);
    store.putIfAbsent(name, replayed);
    verify(seals, name, check(seals, CheckReading.ALL), false);
  }

  private MemoryStore replica() throws Exception {
    MemoryStore replica = MemoryStore.create();
    for (String name : names()) {
      replica.putIfAbsent(name, store.get(name).orElseThrow());
    }
    return replica;
  }

  private void everythingRestores(Seals seals, String name) {
    assertEquals(List.of(), check(seals, CheckReading.ALL).damages(), name);
    taken.forEach((id, bytes) ->
        assertArrayEquals(
            bytes, Restores.whole(service(seals, Anchors.none(), 8).reader(id)), name));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void repair_withAnyObjectGone_putsItBack(boolean encrypted) throws Exception {
    Seals seals = Samples.seals(encrypted);
    fill(seals, FolderAnchors.open(folder));
    MemoryStore replica = replica();
    for (String name : names()) {
      store.delete(name);
      CheckReport report =
          service(seals, FolderAnchors.open(folder), 9).check().repair(CheckReading.NONE, replica);
      assertEquals(List.of(), report.damages(), name);
      assertEquals(List.of(name), report.repaired());
      assertArrayEquals(replica.get(name).orElseThrow(), store.get(name).orElseThrow());
    }
    everythingRestores(seals, "all");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void repair_ofARottenPack_redirectsAndOverwritesNothing(boolean encrypted) throws Exception {
    Seals seals = Samples.seals(encrypted);
    fill(seals, Anchors.none());
    MemoryStore replica = replica();
    for (String name : names()) {
      byte[] bytes = store.get(name).orElseThrow();
      boolean pack = name.contains("/d0") || name.contains("/m0");
      byte[] flipped = bytes.clone();
      flipped[bytes.length / 2] ^= 1;
      store.delete(name);
      store.putIfAbsent(name, flipped);
      CheckReport report =
          service(seals, Anchors.none(), 9).check().repair(CheckReading.ALL, replica);
      assertArrayEquals(flipped, store.get(name).orElseThrow());
      if (pack) {
        assertEquals(List.of(name), report.repaired());
        everythingRestores(seals, name);
      } else {
        assertFalse(report.isClean(), name);
        store.delete(name);
        store.putIfAbsent(name, bytes);
      }
    }
  }

  @Test
  void repair_whoseObjectACollectorMeetsFirst_leadsToAnother() throws Exception {
    Seals seals = Samples.encrypted(1);
    fill(seals, Anchors.none());
    MemoryStore replica = replica();
    String pack = names().stream().filter(n -> n.contains("/d0")).findFirst().orElseThrow();
    byte[] rotten = store.get(pack).orElseThrow();
    rotten[rotten.length / 2] ^= 1;
    store.delete(pack);
    store.putIfAbsent(pack, rotten);
    List<String> met = new ArrayList<>();
    ObjectStore watched =
        new FilterStore(store) {
          @Override
          public Put putIfAbsent(String name, MemorySegment bytes) throws ObjectStoreException {
            Put put = super.putIfAbsent(name, bytes);
            if (name.contains("/d0") && met.isEmpty()) {
              met.add(name);
              serviceOn(store, seals).sweep(Samples.VOLUME);
            }
            return put;
          }
        };
    CheckReport report = serviceOn(watched, seals).check().repair(CheckReading.ALL, replica);
    assertEquals(List.of(pack), report.repaired());
    assertTrue(store.get(met.getFirst()).isEmpty(), "the collector took it for a stray");
    everythingRestores(seals, pack);
  }

  @Test
  void repair_fromAReplicaThatIsRottenToo_putsNothingBack() throws Exception {
    Seals seals = Samples.encrypted(1);
    fill(seals, Anchors.none());
    MemoryStore replica = MemoryStore.create();
    for (String name : names()) {
      byte[] flipped = store.get(name).orElseThrow();
      flipped[flipped.length / 2] ^= 1;
      replica.putIfAbsent(name, flipped);
    }
    for (String name : names()) {
      if (name.startsWith("i/")) {
        continue; // follows from the log
      }
      byte[] bytes = store.get(name).orElseThrow();
      store.delete(name);
      service(seals, Anchors.none(), 9).check().repair(CheckReading.NONE, replica);
      assertTrue(store.get(name).isEmpty(), name);
      store.putIfAbsent(name, bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void repair_withAFaultAtAnyRequest_canBeRepeated(boolean afterEffect) throws Exception {
    Seals seals = Samples.encrypted(1);
    fill(seals, Anchors.none());
    MemoryStore replica = replica();
    List<String> packs = names().stream().filter(n -> n.contains("/d0")).toList();
    byte[] rotten = store.get(packs.getFirst()).orElseThrow();
    rotten[rotten.length / 2] ^= 1;
    for (int at = 0; ; at++) {
      MemoryStore damaged = MemoryStore.create();
      for (String name : names()) {
        if (!name.equals(packs.getLast())) {
          damaged.putIfAbsent(
              name, name.equals(packs.getFirst()) ? rotten : store.get(name).orElseThrow());
        }
      }
      FaultyStore faulty = new FaultyStore(damaged);
      SnapshotService service = serviceOn(faulty, seals);
      faulty.failAfter(at, afterEffect, false);
      boolean ended = true;
      try {
        service.check().repair(CheckReading.ALL, replica);
      } catch (SnapshotException.Unavailable e) {
        ended = false;
      }
      boolean past = faulty.calls() <= at;
      faulty.heal();
      CheckReport report = serviceOn(damaged, seals).check().repair(CheckReading.ALL, replica);
      assertEquals(List.of(), report.damages(), "fault at " + at);
      SnapshotId last = List.copyOf(taken.keySet()).getLast();
      assertArrayEquals(taken.get(last), Restores.whole(serviceOn(damaged, seals).reader(last)));
      if (past) {
        assertTrue(ended);
        return;
      }
    }
  }

  private static SnapshotService serviceOn(ObjectStore store, Seals seals) {
    return new SnapshotService(
        store,
        _ -> seals,
        Anchors.none(),
        Samples.CLOCK,
        new Random(11),
        new WriterLimits(2, 4, 1 << 20));
  }
}
