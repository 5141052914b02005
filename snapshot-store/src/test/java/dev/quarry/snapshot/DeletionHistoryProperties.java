package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quarry.objects.MemoryStore;
import dev.quarry.volume.ChunkLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/// Histories of volumes, their clones and their snapshots, which build on any earlier one and are
/// deleted in any order, with collections in between: each snapshot that is left restores exactly
/// its bytes, what is gone frees exactly what was promised, and in the end nothing is in the store
/// that nobody needs.
class DeletionHistoryProperties {
  private static final int CHUNK = ChunkLayout.CHUNK_BYTES;

  private MemoryStore store = MemoryStore.create();
  private ManualClock clock = new ManualClock();
  private final List<Tested> volumes = new ArrayList<>();
  private final Map<SnapshotId, byte[]> live = new LinkedHashMap<>();
  private Seals seals = Samples.plain();

  /// A volume with what it is made from, and the snapshots its next one can build on.
  private static final class Tested {
    final UUID lineage;
    final ByteVolume bytes;
    final Optional<SnapshotId> origin;
    final List<ParentSnapshot> parents = new ArrayList<>();

    Tested(UUID lineage, ByteVolume bytes, Optional<SnapshotId> origin) {
      this.lineage = lineage;
      this.bytes = bytes;
      this.origin = origin;
    }
  }

  @Property(tries = 16, shrinking = ShrinkingMode.OFF)
  void snapshots_deletedInAnyOrder_leaveTheOthersAsTheyWere(
      @ForAll long seed, @ForAll boolean encrypted) {
    begin(encrypted);
    Random random = new Random(seed);
    SnapshotService service = service(random);
    int size = (1 + random.nextInt(12)) * CHUNK / 2;
    add(
        service,
        new Tested(new UUID(random.nextLong(), 1), new ByteVolume(size), Optional.empty()));
    for (int step = 0; step < 26; step++) {
      Tested tested = volumes.get(random.nextInt(volumes.size()));
      switch (random.nextInt(12)) {
        case 0, 1, 2, 3 -> {
          SnapshotHistoryProperties.change(tested.bytes, random);
          snapshot(service, tested, random);
        }
        case 4, 5, 6 -> delete(service, random);
        case 7 -> service.collect(tested.lineage);
        case 8 -> copy(service, random);
        case 9 -> release(service, tested);
        case 10 -> clock.advance(Duration.ofHours(random.nextInt(40)));
        default -> {
          service = service(random); // another process
          check(service);
        }
      }
    }
    check(service);
    collectAll(service);
    check(service);
    check(service(random));
    Reachable.check(store, _ -> seals);
    deleteAll(service, random);
  }

  private void begin(boolean encrypted) {
    store = MemoryStore.create();
    clock = new ManualClock();
    volumes.clear();
    live.clear();
    seals = Samples.seals(encrypted);
  }

  private SnapshotService service(Random random) {
    SnapshotService service =
        new SnapshotService(
            store,
            _ -> seals,
            Anchors.none(),
            clock,
            new Random(random.nextLong()),
            new WriterLimits(1, 3, 1 << 20));
    volumes.forEach(tested -> service.takeOver(tested.lineage));
    return service;
  }

  private void add(SnapshotService service, Tested tested) {
    service.takeOver(tested.lineage);
    volumes.add(tested);
  }

  /// Builds on any earlier snapshot, not only on the last: as when several are pending at a time.
  private void snapshot(SnapshotService service, Tested tested, Random random) {
    Optional<ParentSnapshot> base = Optional.empty();
    if (!tested.parents.isEmpty() && random.nextInt(10) > 0) {
      int back = random.nextInt(4) == 0 ? random.nextInt(tested.parents.size()) : 0;
      ParentSnapshot chosen = tested.parents.get(tested.parents.size() - 1 - back);
      base = service.parentFor(tested.lineage, Optional.of(chosen));
    }
    if (base.isEmpty() && tested.origin.isPresent()) {
      tested.bytes.write(0, tested.bytes.contents()); // a full one reads what is not local as well
    }
    Hints hints =
        random.nextInt(3) == 0 ? new Hints(new byte[] {3, 1}, List.of(0L, 1L)) : Hints.NONE;
    PendingSnapshot pending =
        Samples.begin(
            service,
            new SnapshotRequest(
                tested.lineage,
                tested.bytes.freeze(base.map(ParentSnapshot::cutEpoch).orElse(0L)),
                base,
                "",
                Map.of(),
                Map.of(),
                hints),
            5);
    live.put(pending.id(), tested.bytes.contents());
    tested.parents.add(pending.await());
  }

  private Optional<SnapshotId> any(Random random) {
    List<SnapshotId> ids = List.copyOf(live.keySet());
    return ids.isEmpty() ? Optional.empty() : Optional.of(ids.get(random.nextInt(ids.size())));
  }

  private void delete(SnapshotService service, Random random) {
    any(random).ifPresent(id -> deleteOne(service, id, random.nextBoolean()));
  }

  private void deleteOne(SnapshotService service, SnapshotId id, boolean measured) {
    UUID lineage = service.show(id).volume();
    if (measured) {
      service.collect(lineage); // so that nothing else is to be removed
      long before = Reachable.bytes(store);
      long promised = service.wouldFreeBytes(id);
      service.delete(id);
      CollectorReport report = service.collect(lineage);
      assertEquals(promised, report.bytes(), "bytes removed");
      assertEquals(promised, before - Reachable.bytes(store) - report.shrunkBytes(), "bytes gone");
    } else {
      service.delete(id);
    }
    live.remove(id);
    assertThrows(SnapshotException.NotFound.class, () -> service.show(id));
  }

  /// Makes a volume of a snapshot, with room for what it holds.
  private void copy(SnapshotService service, Random random) {
    Optional<SnapshotId> id = any(random);
    if (volumes.size() < 4 && id.isPresent()) {
      byte[] contents = live.get(id.get());
      ByteVolume bytes = new ByteVolume(contents.length);
      bytes.spoil(0, contents);
      Tested clone = new Tested(new UUID(random.nextLong(), 1), bytes, id);
      add(service, clone);
      clone.parents.add(service.pin(id.get(), clone.lineage));
    }
  }

  /// The clone is wholly hydrated by now.
  private void release(SnapshotService service, Tested tested) {
    tested.origin.ifPresent(id -> service.releaseUnneeded(id, tested.lineage));
  }

  private void collectAll(SnapshotService service) {
    for (Tested tested : volumes.reversed()) {
      service.collect(tested.lineage);
    }
  }

  private void check(SnapshotService service) {
    for (var snapshot : live.entrySet()) {
      assertArrayEquals(
          snapshot.getValue(), Restores.whole(service.reader(snapshot.getKey())), "restored");
    }
  }

  /// In the end nothing is left but logs.
  private void deleteAll(SnapshotService service, Random random) {
    while (any(random).isPresent()) {
      delete(service, random);
    }
    for (Tested tested : volumes.reversed()) {
      service.collect(tested.lineage);
      release(service, tested);
    }
    collectAll(service);
    Reachable.check(store, _ -> seals);
    assertEquals(0, Reachable.bytes(store), "bytes left");
  }
}
