package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.objects.MemoryStore;
import dev.quarry.volume.ChunkLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A fault at every request that making an incremental snapshot takes, and what follows.
class SnapshotFaultsTest {
  private static final int CHUNK = ChunkLayout.CHUNK_BYTES;

  private final Seals seals = Samples.encrypted(1);

  /// A volume with one snapshot, and changes since.
  private final class Scene {
    final FaultyStore store = new FaultyStore(MemoryStore.create());
    final ByteVolume volume = new ByteVolume(28 * CHUNK);
    final Map<SnapshotId, byte[]> tried = new LinkedHashMap<>();
    SnapshotService service = service(store, 1);
    Optional<ParentSnapshot> parent = Optional.empty();

    Scene() {
      service.takeOver(Samples.VOLUME);
      volume.write(0, Samples.bytes(1, 7 * CHUNK));
      take();
      volume.write(5 * CHUNK + 100, Samples.bytes(2, 20_000));
      for (int chunk = 8; chunk < 27; chunk++) { // more than fit in one pack with their pages
        volume.write(chunk * CHUNK, Samples.bytes(chunk, 6000));
      }
    }

    /// @return whether it was completed
    boolean take() {
      byte[] contents = volume.contents();
      long since = parent.map(ParentSnapshot::cutEpoch).orElse(0L);
      try {
        PendingSnapshot pending =
            Samples.begin(
                service,
                new SnapshotRequest(
                    Samples.VOLUME,
                    volume.freeze(since),
                    parent,
                    "",
                    Map.of(),
                    Map.of(),
                    Hints.NONE),
                5);
        tried.put(pending.id(), contents);
        parent = Optional.of(pending.await());
        return true;
      } catch (SnapshotException.Unavailable e) {
        return false;
      }
    }

    void restart() {
      store.heal();
      service = service(store, 2);
      service.takeOver(Samples.VOLUME);
    }

    /// Every snapshot is complete with its bytes, or has failed.
    int checkAll() {
      int completed = 0;
      for (SnapshotInfo info : service.list(Samples.VOLUME)) {
        switch (info.state()) {
          case COMPLETED -> {
            completed++;
            byte[] restored = Restores.whole(service.reader(info.id()));
            if (tried.containsKey(info.id())) {
              assertArrayEquals(tried.get(info.id()), restored);
            }
          }
          case ERROR -> assertTrue(!info.statusMessage().isEmpty());
          case PENDING, RECOVERABLE -> throw new AssertionError("left over: " + info);
        }
      }
      return completed;
    }
  }

  @ParameterizedTest
  @CsvSource({"false,false", "true,false", "false,true", "true,true"})
  void create_withAFaultAtAnyRequest_losesNothing(boolean afterEffect, boolean stayDown) {
    Scene clean = new Scene();
    int before = clean.store.calls();
    assertTrue(clean.take());
    int calls = clean.store.calls() - before;
    assertTrue(calls >= 8, "requests " + calls);
    for (int at = 0; at < calls; at++) {
      Scene scene = new Scene();
      scene.store.failAfter(at, afterEffect, stayDown);
      boolean completed = scene.take();
      scene.restart();
      int known = scene.checkAll();
      assertTrue(known >= (completed ? 2 : 1), "fault at " + at);
      scene.volume.write(0, new byte[] {(byte) at});
      assertTrue(scene.take(), "fault at " + at);
      assertEquals(known + 1, scene.checkAll(), "the next one covers the changes of a failed one");
    }
  }

  /// A process that goes on does not leave to its successor what it could not end.
  @ParameterizedTest
  @CsvSource({"false,false", "true,false", "false,true", "true,true"})
  void create_afterAFaultInTheSameProcess_endsWhatWasLeft(boolean afterEffect, boolean stayDown) {
    Scene clean = new Scene();
    int before = clean.store.calls();
    assertTrue(clean.take());
    int calls = clean.store.calls() - before;
    for (int at = 0; at < calls; at++) {
      Scene scene = new Scene();
      scene.store.failAfter(at, afterEffect, stayDown);
      scene.take();
      scene.store.heal();
      scene.volume.write(0, new byte[] {(byte) at});
      assertTrue(scene.take(), "fault at " + at);
      assertTrue(scene.checkAll() >= 2, "fault at " + at);
    }
  }

  @Test
  void restore_withAFaultAtAnyRequest_failsAndCanBeRepeated() {
    Scene scene = new Scene();
    assertTrue(scene.take());
    SnapshotId id = List.copyOf(scene.tried.keySet()).getLast();
    int before = scene.store.calls();
    Restores.whole(service(scene.store, 2).reader(id));
    int calls = scene.store.calls() - before;
    for (int at = 0; at < calls; at++) {
      scene.store.failAfter(at, false, false);
      SnapshotService fresh = service(scene.store, 2); // has no page yet
      assertThrows(SnapshotException.Unavailable.class, () -> Restores.whole(fresh.reader(id)));
      scene.store.heal();
      assertArrayEquals(scene.tried.get(id), Restores.whole(fresh.reader(id)));
    }
    assertArrayEquals(scene.tried.get(id), Restores.whole(scene.service.reader(id)));
  }

  private SnapshotService service(FaultyStore store, int seed) {
    return new SnapshotService(
        store,
        _ -> seals,
        Anchors.none(),
        Samples.CLOCK,
        new Random(seed),
        new WriterLimits(2, 4, 1 << 20));
  }
}
