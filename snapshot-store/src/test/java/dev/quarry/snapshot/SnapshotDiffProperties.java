package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.objects.MemoryStore;
import dev.quarry.snapshot.SnapshotDiff.ChangedChunk;
import dev.quarry.snapshot.SnapshotDiff.Contents;
import dev.quarry.volume.BlockMask;
import dev.quarry.volume.ChunkLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/// Differences of snapshots against arrays of bytes.
class SnapshotDiffProperties {
  private static final int CHUNK = ChunkLayout.CHUNK_BYTES;
  private static final int BLOCK = ChunkLayout.BLOCK_BYTES;

  /// A snapshot, its bytes, and the blocks that were written since the one before.
  private record Taken(SnapshotId id, byte[] bytes, Set<Integer> written) {}

  /// A volume of which snapshots are made one after the other.
  private static final class Scene {
    final SnapshotService service;
    final List<Taken> taken = new ArrayList<>();
    final ByteVolume volume;
    Set<Integer> written = new HashSet<>();
    Optional<ParentSnapshot> parent = Optional.empty();

    Scene(boolean encrypted, int sizeBytes) {
      Seals seals = Samples.seals(encrypted);
      service =
          new SnapshotService(
              MemoryStore.create(),
              _ -> seals,
              Anchors.none(),
              Samples.CLOCK,
              new Random(1),
              new WriterLimits(2, 4, 1 << 20));
      service.takeOver(Samples.VOLUME);
      volume = new ByteVolume(sizeBytes);
    }

    void write(int offset, byte[] bytes) {
      volume.write(offset, bytes);
      for (int block = offset / BLOCK; block <= (offset + bytes.length - 1) / BLOCK; block++) {
        written.add(block);
      }
    }

    SnapshotId take() {
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
                  Hints.NONE),
              5);
      parent = Optional.of(pending.await());
      taken.add(new Taken(pending.id(), volume.contents(), written));
      written = new HashSet<>();
      return pending.id();
    }

    /// In pages of two chunks.
    List<ChangedChunk> diff(Optional<SnapshotId> before, SnapshotId after, boolean blocks) {
      List<ChangedChunk> changes = new ArrayList<>();
      OptionalLong next = OptionalLong.of(0);
      while (next.isPresent()) {
        next = service.diff(before, after).run(next.getAsLong(), 2, blocks, changes::add);
      }
      List<ChangedChunk> atOnce = new ArrayList<>();
      service.diff(before, after).run(blocks, atOnce::add);
      assertEquals(atOnce, changes);
      return changes;
    }
  }

  @Property(tries = 15)
  void diff_ofAnyTwo_tellsWhatDiffersAndNoMoreThanWasWritten(
      @ForAll long seed, @ForAll boolean encrypted) {
    Random random = new Random(seed);
    Scene scene = new Scene(encrypted, CHUNK / 4 + 512 * random.nextInt(6 * CHUNK / 512));
    for (int i = 0; i < 6; i++) {
      for (int writes = random.nextInt(5); writes > 0; writes--) {
        change(scene, random);
      }
      if (random.nextInt(4) == 0) {
        scene.volume.grow(scene.volume.sizeBytes() + 512 * random.nextInt(2 * CHUNK / 512));
      }
      scene.take();
    }
    for (int i = 0; i < scene.taken.size(); i++) {
      check(scene, i, random.nextInt(scene.taken.size()), random.nextBoolean());
      checkAlone(scene, scene.taken.get(i));
    }
  }

  private static void change(Scene scene, Random random) {
    int offset = random.nextInt(scene.volume.sizeBytes());
    int most = random.nextInt(4) == 0 ? 2 * CHUNK : 3 * BLOCK;
    byte[] bytes = new byte[1 + random.nextInt(Math.min(scene.volume.sizeBytes() - offset, most))];
    if (random.nextInt(3) > 0) {
      random.nextBytes(bytes);
    }
    scene.write(offset, bytes);
  }

  private static void check(Scene scene, int from, int to, boolean withBlocks) {
    Taken before = scene.taken.get(from);
    Taken after = scene.taken.get(to);
    Set<Integer> writtenBetween = new HashSet<>();
    for (int i = Math.min(from, to) + 1; i <= Math.max(from, to); i++) {
      writtenBetween.addAll(scene.taken.get(i).written);
    }
    Map<Integer, ChangedChunk> told = new HashMap<>();
    for (ChangedChunk change : scene.diff(Optional.of(before.id), after.id, withBlocks)) {
      told.put((int) change.chunk(), change);
      assertEquals(change.chunk() * CHUNK, change.offset());
      assertEquals(Math.min(CHUNK, after.bytes.length - change.offset()), change.length());
      assertTrue(withBlocks || change.blocks().isEmpty());
    }
    for (int block = 0; block * BLOCK < after.bytes.length; block++) {
      ChangedChunk change = told.get(block / 128);
      boolean toldBlock =
          change != null && change.blocks().orElse(BlockMask.ALL).contains(block % 128);
      assertTrue(toldBlock || !differs(before.bytes, after.bytes, block), "block " + block);
      if (change != null && change.blocks().isPresent() && toldBlock) {
        // A chunk that was written anew as few blocks is told by those it has, or had.
        boolean hadData = !Blocks.nonZero(copy(before.bytes, block * BLOCK, CHUNK)).isEmpty();
        assertTrue(writtenBetween.contains(block) || hadData, "nobody wrote block " + block);
      }
    }
    for (int chunk : told.keySet()) {
      assertTrue(
          writtenBetween.stream().anyMatch(block -> block / 128 == chunk),
          "nobody wrote chunk " + chunk);
      checkContents(after.bytes, told.get(chunk));
    }
  }

  private static void checkAlone(Scene scene, Taken taken) {
    Set<Long> told = new HashSet<>();
    for (ChangedChunk change : scene.diff(Optional.empty(), taken.id, true)) {
      told.add(change.chunk());
      checkContents(taken.bytes, change);
    }
    for (long chunk = 0; chunk * CHUNK < taken.bytes.length; chunk++) {
      byte[] bytes = copy(taken.bytes, (int) chunk * CHUNK, CHUNK);
      assertTrue(told.contains(chunk) || Blocks.nonZero(bytes).isEmpty(), "chunk " + chunk);
    }
  }

  private static void checkContents(byte[] bytes, ChangedChunk change) {
    if (change.contents() != Contents.DATA) {
      assertTrue(Blocks.nonZero(copy(bytes, (int) change.offset(), CHUNK)).isEmpty());
    }
  }

  private static boolean differs(byte[] one, byte[] other, int block) {
    byte[] was = copy(one, block * BLOCK, BLOCK);
    byte[] is = copy(other, block * BLOCK, BLOCK);
    int inside = Math.min(BLOCK, other.length - block * BLOCK);
    return !Arrays.equals(was, 0, inside, is, 0, inside);
  }

  /// With zeros behind the end.
  private static byte[] copy(byte[] bytes, int from, int length) {
    return from >= bytes.length
        ? new byte[length]
        : Arrays.copyOf(
            Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + length)), length);
  }

  @Example
  void diff_ofAFewBlocks_isExactInBothDirections() {
    Scene scene = new Scene(true, 4 * CHUNK);
    scene.write(0, Samples.bytes(1, 4 * CHUNK));
    SnapshotId one = scene.take();
    scene.write(CHUNK + 3 * BLOCK, Samples.bytes(2, 1));
    scene.take();
    scene.write(CHUNK + 9 * BLOCK, Samples.bytes(3, BLOCK + 1));
    SnapshotId three = scene.take();
    ChangedChunk expected =
        new ChangedChunk(
            1,
            CHUNK,
            CHUNK,
            Contents.DATA,
            Optional.of(BlockMask.range(3, 3).or(BlockMask.range(9, 10))));
    assertEquals(List.of(expected), scene.diff(Optional.of(one), three, true));
    assertEquals(List.of(expected), scene.diff(Optional.of(three), one, true));
    assertEquals(List.of(), scene.diff(Optional.of(one), one, true));
    assertFalse(scene.diff(Optional.of(one), three, false).getFirst().blocks().isPresent());
  }

  @Example
  void diff_ofAChunkWrittenAnew_tellsItAsAWhole() {
    Scene scene = new Scene(false, 2 * CHUNK);
    scene.write(0, Samples.bytes(1, 2 * CHUNK));
    SnapshotId one = scene.take();
    scene.write(0, Samples.bytes(2, CHUNK));
    scene.write(CHUNK, new byte[CHUNK]);
    SnapshotId two = scene.take();
    assertEquals(
        List.of(
            new ChangedChunk(0, 0, CHUNK, Contents.DATA, Optional.empty()),
            new ChangedChunk(1, CHUNK, CHUNK, Contents.ZERO, Optional.empty())),
        scene.diff(Optional.of(one), two, true));
  }

  @Example
  void diff_underAnotherDataKey_isRefused() {
    Map<UUID, Seals> seals =
        Map.of(Samples.VOLUME, Samples.encrypted(1), Samples.OTHER_VOLUME, Samples.encrypted(2));
    SnapshotService service =
        new SnapshotService(
            MemoryStore.create(),
            seals::get,
            Anchors.none(),
            Samples.CLOCK,
            new Random(1),
            WriterLimits.DEFAULT);
    List<SnapshotId> ids = new ArrayList<>();
    for (UUID volume : List.of(Samples.VOLUME, Samples.OTHER_VOLUME)) {
      service.takeOver(volume);
      PendingSnapshot pending =
          Samples.begin(
              service,
              new SnapshotRequest(
                  volume,
                  new ByteVolume(CHUNK).freeze(0),
                  Optional.empty(),
                  "",
                  Map.of(),
                  Map.of(),
                  Hints.NONE),
              1);
      pending.await();
      ids.add(pending.id());
    }
    assertThrows(
        SnapshotException.IncorrectState.class,
        () -> service.diff(Optional.of(ids.getFirst()), ids.getLast()));
  }
}
