package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.VolumeException;
import dev.quarry.objects.MemoryStore;
import dev.quarry.objects.ObjectStoreException;
import dev.quarry.volume.ChunkLayout;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Somebody who can write to the store changes it in every way there is. What is read then is what
/// was stored, or is refused, with the snapshot and the object named.
///
/// The volumes have 258 chunks, so that their trees have a leaf that is full, one that is not, and
/// an inner page. Their snapshots have a FULL, a DELTA over zeros, DELTAs over those, and hints.
class TamperTest {
  private static final int CHUNK = ChunkLayout.CHUNK_BYTES;
  private static final int CHUNKS = 258;
  private static final List<Integer> WRITTEN = List.of(0, 3, 256);

  private final MemoryStore store = MemoryStore.create();

  /// How a read ended.
  private sealed interface Outcome {
    /// It read what was stored.
    record Right() implements Outcome {}

    /// It read nothing.
    record Refused(Exception why) implements Outcome {}
  }

  /// A volume with two snapshots.
  private final class Victim {
    final UUID lineage;
    final Seals seals;
    final ByteVolume volume = new ByteVolume(CHUNKS * CHUNK);
    final Map<SnapshotId, Map<Integer, byte[]>> contents = new HashMap<>();
    final List<SnapshotId> ids = new ArrayList<>();
    Optional<ParentSnapshot> parent = Optional.empty();

    Victim(UUID lineage, Seals seals, int seed) {
      this.lineage = lineage;
      this.seals = seals;
      SnapshotService service = service(seals, seed);
      service.takeOver(lineage);
      byte[] text = new byte[CHUNK];
      Arrays.fill(text, (byte) seed);
      volume.write(0, text);
      volume.write(256 * CHUNK, text);
      take(service);
      change(seed);
      take(service);
    }

    void change(int seed) {
      volume.write(5 * ChunkLayout.BLOCK_BYTES, new byte[] {(byte) (seed + 1)});
      volume.write(3 * CHUNK + 100, new byte[] {(byte) (seed + 2)});
    }

    void take(SnapshotService service) {
      PendingSnapshot pending =
          Samples.begin(
              service,
              new SnapshotRequest(
                  lineage,
                  volume.freeze(parent.map(ParentSnapshot::cutEpoch).orElse(0L)),
                  parent,
                  "d",
                  Map.of("k", "v"),
                  Map.of(),
                  new Hints(new byte[] {1, 2}, List.of(3L, 0L))),
              5);
      parent = Optional.of(pending.await());
      ids.add(pending.id());
      Map<Integer, byte[]> now = new HashMap<>();
      for (int chunk : WRITTEN) {
        now.put(chunk, Arrays.copyOfRange(volume.contents(), chunk * CHUNK, (chunk + 1) * CHUNK));
      }
      contents.put(pending.id(), now);
    }

    SnapshotId last() {
      return ids.getLast();
    }

    /// Reads a snapshot as somebody does who has read nothing before.
    Outcome read(SnapshotId id) {
      return read(id, Anchors.none());
    }

    Outcome read(SnapshotId id, Anchors anchors) {
      SnapshotService fresh = service(seals, 7, anchors);
      try (SnapshotSource source = Samples.source(fresh, id)) {
        assertEquals("d", fresh.show(id).description());
        assertEquals(List.of(3L, 0L), source.hints().trace());
        assertArrayEquals(new byte[] {1, 2}, source.hints().heat());
        assertTrue(source.isZero(1) && source.isZero(257));
        byte[] chunk = new byte[CHUNK];
        for (var expected : contents.get(id).entrySet()) {
          source.read(expected.getKey(), MemorySegment.ofArray(chunk), 0);
          assertArrayEquals(expected.getValue(), chunk);
        }
        return new Outcome.Right();
      } catch (SnapshotException | VolumeException e) {
        return new Outcome.Refused(e);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anyByteOfAnyObject_changed_isRefusedOrOfNoConsequence(boolean encrypted) throws Exception {
    Victim victim = new Victim(Samples.VOLUME, Samples.seals(encrypted), 1);
    for (var object : objects().entrySet()) {
      byte[] bytes = object.getValue();
      int refused = 0;
      for (int i = 0; i < bytes.length; i++) {
        byte[] damaged = bytes.clone();
        damaged[i] ^= (byte) (1 << i % 8);
        replace(object.getKey(), damaged);
        refused += isRefusedByName(victim, object.getKey(), "byte " + i) ? 1 : 0;
      }
      replace(object.getKey(), bytes);
      assertTrue(
          refused >= bytesThatMatter(victim, object.getKey(), bytes),
          object.getKey() + " refused=" + refused + " of=" + bytes.length);
    }
    assertEquals(new Outcome.Right(), victim.read(victim.last()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anyObject_cutLengthenedOrRemoved_isRefusedOrOfNoConsequence(boolean encrypted)
      throws Exception {
    Victim victim = new Victim(Samples.VOLUME, Samples.seals(encrypted), 1);
    for (var object : objects().entrySet()) {
      byte[] bytes = object.getValue();
      for (int length = 0; length < bytes.length; length += Math.max(1, bytes.length / 100)) {
        replace(object.getKey(), Arrays.copyOf(bytes, length));
        isRefusedByName(victim, object.getKey(), "length " + length);
      }
      replace(object.getKey(), Arrays.copyOf(bytes, bytes.length + 1));
      isRefusedByName(victim, object.getKey(), "longer");
      store.delete(object.getKey());
      assertTrue(
          victim.read(victim.last()) instanceof Outcome.Refused
              || bytesThatMatter(victim, object.getKey(), bytes) == 0,
          "without " + object.getKey());
      replace(object.getKey(), bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anyObject_inPlaceOfAnyOther_isRefusedOrOfNoConsequence(boolean encrypted) throws Exception {
    Seals seals = Samples.seals(encrypted); // one key: a volume and a clone of it
    Victim victim = new Victim(Samples.VOLUME, seals, 1);
    new Victim(Samples.OTHER_VOLUME, seals, 2);
    SortedMap<String, byte[]> objects = objects();
    for (String name : objects.keySet()) {
      for (var other : objects.entrySet()) {
        replace(name, other.getValue());
        for (SnapshotId id : victim.ids) {
          victim.read(id); // throws if something else is read
        }
      }
      replace(name, objects.get(name));
    }
    for (SnapshotId id : victim.ids) {
      assertEquals(new Outcome.Right(), victim.read(id));
    }
  }

  @Test
  void olderState_replayed_isRefused() throws Exception {
    Victim victim = new Victim(Samples.VOLUME, Samples.encrypted(1), 1);
    SortedMap<String, byte[]> before = objects();
    Map<UUID, Anchors.Anchor> seen = new HashMap<>();
    Anchors anchors = remembering(seen);
    victim.change(10);
    SnapshotService service = service(victim.seals, 3, anchors);
    service.takeOver(Samples.VOLUME);
    victim.take(service);
    SortedMap<String, byte[]> after = objects();
    assertEquals(new Outcome.Right(), victim.read(victim.last(), remembering(seen)));

    restore(before); // as if the last snapshot had never been
    assertThrows(
        SnapshotException.RolledBack.class,
        () -> service(victim.seals, 4, remembering(seen)).list(Samples.VOLUME));

    Victim fork = victim; // and another one instead of it
    SnapshotService other = service(victim.seals, 5);
    other.takeOver(Samples.VOLUME);
    SnapshotId real = victim.last();
    fork.parent = Optional.empty();
    fork.change(20);
    fork.take(other);
    SortedMap<String, byte[]> forked = objects();
    assertThrows(
        SnapshotException.RolledBack.class,
        () -> service(victim.seals, 6, remembering(seen)).list(Samples.VOLUME));

    restore(after);
    for (var object : forked.entrySet()) { // what is new in one, where something is in the other
      for (String name : after.keySet()) {
        if (!before.containsKey(object.getKey()) && !before.containsKey(name)) {
          replace(name, object.getValue());
          victim.read(real);
          replace(name, after.get(name));
        }
      }
    }
    assertEquals(new Outcome.Right(), victim.read(real, remembering(seen)));
  }

  /// Whether a read of the last snapshot is refused. If so, by the names of both.
  private static boolean isRefusedByName(Victim victim, String object, String what) {
    return switch (victim.read(victim.last())) {
      case Outcome.Right _ -> false;
      case Outcome.Refused(Exception why) -> {
        boolean corrupt =
            why instanceof SnapshotException.Corrupt || why instanceof VolumeException.Corrupt;
        // A log that seems to end earlier tells of no damage by itself: the anchor does.
        assertTrue(corrupt, what + " of " + object + ": " + why);
        assertTrue(why.getMessage().contains(object), what + ": " + why.getMessage());
        assertTrue(why.getMessage().contains(victim.last().text()), what + ": " + why.getMessage());
        yield true;
      }
    };
  }

  /// How many bytes of an object a read of the last snapshot depends on, at least.
  private static int bytesThatMatter(Victim victim, String object, byte[] bytes) {
    if (isOfAnother(object) || object.contains("/s/1/root") || object.equals(pointer(victim, 0))) {
      return 0;
    }
    // Of the first snapshot's pack: the FULLs. Otherwise all frames but for the older pages.
    return object.contains("/s/1/") ? 2 * 2000 : object.contains("/s/2/00/d") ? 300 : bytes.length;
  }

  private static String pointer(Victim victim, int snapshot) {
    return ObjectNames.pointer(victim.ids.get(snapshot));
  }

  private static boolean isOfAnother(String object) {
    return !object.startsWith("i/") && !object.startsWith("v/" + Samples.VOLUME);
  }

  private SortedMap<String, byte[]> objects() throws ObjectStoreException {
    SortedMap<String, byte[]> objects = new TreeMap<>();
    for (String name : Stores.names(store, "")) {
      objects.put(name, store.get(name).orElseThrow());
    }
    return objects;
  }

  private void restore(SortedMap<String, byte[]> objects) throws ObjectStoreException {
    for (String name : Stores.names(store, "")) {
      store.delete(name);
    }
    for (var object : objects.entrySet()) {
      store.putIfAbsent(object.getKey(), object.getValue());
    }
  }

  private void replace(String name, byte[] bytes) throws ObjectStoreException {
    store.delete(name);
    store.putIfAbsent(name, bytes);
  }

  private SnapshotService service(Seals seals, int seed) {
    return service(seals, seed, Anchors.none());
  }

  private SnapshotService service(Seals seals, int seed, Anchors anchors) {
    return new SnapshotService(
        store,
        _ -> seals,
        anchors,
        Samples.CLOCK,
        new Random(seed),
        new WriterLimits(1, 3, 1 << 20));
  }

  private static Anchors remembering(Map<UUID, Anchors.Anchor> seen) {
    return new Anchors() {
      @Override
      public List<UUID> volumes() {
        return List.of();
      }

      @Override
      public Optional<Anchor> read(UUID volume) {
        return Optional.ofNullable(seen.get(volume));
      }

      @Override
      public void advance(UUID volume, Anchor anchor) {
        seen.merge(volume, anchor, (old, now) -> now.number() > old.number() ? now : old);
      }
    };
  }
}
