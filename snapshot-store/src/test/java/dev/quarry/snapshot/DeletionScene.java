package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.objects.MemoryStore;
import dev.quarry.objects.ObjectStore;
import dev.quarry.volume.ChunkLayout;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/// A volume with three snapshots, of which the first two can go: little is left of the first one's
/// packs then, and they are old enough to be written anew.
final class DeletionScene {
  private static final int CHUNK = ChunkLayout.CHUNK_BYTES;

  final MemoryStore memory = MemoryStore.create();
  final ManualClock clock = new ManualClock();
  final ByteVolume volume = new ByteVolume(24 * CHUNK);
  final Map<SnapshotId, byte[]> live = new ConcurrentHashMap<>();
  final SnapshotId first;
  final SnapshotId second;
  final Keyring keyring;
  private Optional<ParentSnapshot> parent = Optional.empty();

  DeletionScene(Keyring keyring, UnaryOperator<ObjectStore> front) {
    this.keyring = keyring;
    SnapshotService service = service(front.apply(memory), 1);
    service.takeOver(Samples.VOLUME);
    volume.write(0, bytes(1, 20 * CHUNK));
    first = take(service);
    volume.write(CHUNK, bytes(2, 18 * CHUNK)); // FULLs instead of all but two chunks
    second = take(service);
    volume.write(CHUNK, bytes(3, 9000));
    take(service);
    clock.advance(Duration.ofDays(2));
  }

  /// What compresses well, so that a scene is made in no time.
  static byte[] bytes(int seed, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (seed + i / 997);
    }
    return bytes;
  }

  /// Another process.
  SnapshotService service(ObjectStore store, int seed) {
    return new SnapshotService(
        store, keyring, Anchors.none(), clock, new Random(seed), new WriterLimits(1, 3, 1 << 20));
  }

  SnapshotId take(SnapshotService service) {
    PendingSnapshot pending = begin(service);
    byte[] contents = volume.contents();
    parent = Optional.of(pending.await());
    live.put(pending.id(), contents);
    return pending.id();
  }

  PendingSnapshot begin(SnapshotService service) {
    Optional<ParentSnapshot> base = service.parentFor(Samples.VOLUME, parent);
    return Samples.begin(
        service,
        new SnapshotRequest(
            Samples.VOLUME,
            volume.freeze(base.map(ParentSnapshot::cutEpoch).orElse(0L)),
            base,
            "",
            Map.of(),
            Map.of(),
            Hints.NONE),
        5);
  }

  /// Deletes the first two, if they are still there.
  void delete(SnapshotService service) {
    for (SnapshotId id : List.of(first, second)) {
      try {
        service.delete(id);
      } catch (SnapshotException.NotFound e) {
        // It was deleted before.
      }
      live.remove(id);
    }
  }

  /// Looks at what is left, before and after everything was removed that is not needed.
  void finish(SnapshotService service, String when) {
    delete(service);
    check(service, when);
    service.sweep(Samples.VOLUME);
    service.sweepPointers(service.lineages());
    check(service, when);
    Reachable.check(memory, keyring);
    assertEquals(0, service.wouldSweepBytes(Samples.VOLUME), when);
  }

  void check(SnapshotService service, String when) {
    live.forEach((id, bytes) -> assertArrayEquals(bytes, Restores.whole(service.reader(id)), when));
  }
}
