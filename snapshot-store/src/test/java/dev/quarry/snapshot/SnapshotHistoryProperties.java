package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.objects.MemoryStore;
import dev.quarry.volume.ChunkLayout;
import dev.quarry.volume.ChunkSource;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/// Histories of a volume with snapshots in between: each snapshot restores exactly its bytes, in
/// both ways, whatever comes later.
class SnapshotHistoryProperties {
  private static final int CHUNK = ChunkLayout.CHUNK_BYTES;
  private static final int BLOCK = ChunkLayout.BLOCK_BYTES;

  private MemoryStore store = MemoryStore.create();
  private final Map<SnapshotId, byte[]> taken = new LinkedHashMap<>();
  private Optional<ParentSnapshot> parent = Optional.empty();

  @Property(tries = 12)
  void snapshots_ofAnyHistory_restoreTheirBytes(
      @ForAll long seed,
      @ForAll boolean encrypted,
      @ForAll @IntRange(min = 1, max = 24) int sizeQuarters)
      throws IOException {
    begin();
    Random random = new Random(seed);
    ByteVolume volume = new ByteVolume(sizeQuarters * CHUNK / 4 + 512 * random.nextInt(3));
    SnapshotService service = service(encrypted, random);
    for (int step = 0; step < 12; step++) {
      change(volume, random);
      if (random.nextInt(8) == 0) {
        service = service(encrypted, random); // another process
      }
      snapshot(service, volume, random.nextInt(10) == 0);
    }
    check(service);
  }

  @Example
  void snapshots_ofManySmallChanges_foldTheirDeltas() throws IOException {
    Random random = new Random(1);
    ByteVolume volume = new ByteVolume(2 * CHUNK);
    volume.write(0, Samples.bytes(1, 2 * CHUNK));
    SnapshotService service = service(true, random);
    int most = 0;
    for (int i = 0; i < 30; i++) {
      volume.write(random.nextInt(2 * CHUNK / BLOCK) * BLOCK, Samples.bytes(i, BLOCK));
      SnapshotId id = snapshot(service, volume, false);
      for (int chunk = 0; chunk < 2; chunk++) {
        if (service.reader(id).entry(chunk) instanceof ChunkEntry.Framed(List<FrameRef> frames)) {
          most = Math.max(most, frames.size());
        }
      }
    }
    assertEquals(9, most, "a FULL and 8 DELTAs at most");
    check(service);
  }

  @Example
  void snapshots_ofSizesAroundPowersOfTwo_restoreTheirBytes() throws IOException {
    for (int size :
        List.of(
            512,
            BLOCK - 512,
            BLOCK,
            CHUNK - 512,
            CHUNK,
            CHUNK + 512,
            64 * CHUNK,
            256 * CHUNK,
            256 * CHUNK + 512)) {
      begin();
      Random random = new Random(size);
      ByteVolume volume = new ByteVolume(size);
      SnapshotService service = service(false, random);
      snapshot(service, volume, false);
      volume.write(size - 1, new byte[] {1});
      volume.write(0, new byte[] {2});
      snapshot(service, volume, false);
      volume.write(size - 1, new byte[] {0});
      snapshot(service, volume, false);
      check(service);
    }
  }

  @Example
  void snapshots_ofAGrowingVolume_restoreTheirBytes() throws IOException {
    Random random = new Random(5);
    ByteVolume volume = new ByteVolume(CHUNK);
    SnapshotService service = service(true, random);
    volume.write(100, Samples.bytes(1, 5000));
    snapshot(service, volume, false);
    volume.grow(257 * CHUNK); // from a tree of one leaf to one of two levels
    snapshot(service, volume, false);
    volume.write(256 * CHUNK + 5, Samples.bytes(2, 5000));
    snapshot(service, volume, false);
    check(service);
  }

  /// An empty store; tries share the instance of this class.
  private void begin() {
    store = MemoryStore.create();
    taken.clear();
    parent = Optional.empty();
  }

  private SnapshotService service(boolean encrypted, Random random) {
    Seals seals = Samples.seals(encrypted);
    SnapshotService service =
        new SnapshotService(
            store,
            _ -> seals,
            Anchors.none(),
            Samples.CLOCK,
            new Random(random.nextLong()),
            new WriterLimits(2, 4, 1 << 20));
    service.takeOver(Samples.VOLUME);
    return service;
  }

  private SnapshotId snapshot(SnapshotService service, ByteVolume volume, boolean full) {
    Optional<ParentSnapshot> base =
        full ? Optional.empty() : service.parentFor(Samples.VOLUME, parent);
    PendingSnapshot pending =
        Samples.begin(
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
    taken.put(pending.id(), volume.contents());
    parent = Optional.of(pending.await());
    return pending.id();
  }

  private void check(SnapshotService service) throws IOException {
    for (var snapshot : taken.entrySet()) {
      SnapshotReader reader = service.reader(snapshot.getKey());
      assertArrayEquals(snapshot.getValue(), Restores.whole(reader), "whole");
      try (ChunkSource source = Samples.source(service, snapshot.getKey())) {
        assertArrayEquals(snapshot.getValue(), Restores.byChunks(source), "by chunks");
      }
    }
  }

  static void change(ByteVolume volume, Random random) {
    for (int writes = random.nextInt(6); writes >= 0; writes--) {
      int offset = random.nextInt(volume.sizeBytes());
      int most =
          Math.min(volume.sizeBytes() - offset, random.nextInt(4) == 0 ? 2 * CHUNK : 3 * BLOCK);
      byte[] data = new byte[1 + random.nextInt(most)];
      switch (random.nextInt(3)) {
        case 0 -> {} // zeros
        case 1 -> random.nextBytes(data);
        default -> Arrays.fill(data, (byte) random.nextInt());
      }
      volume.write(offset, data);
    }
    if (random.nextInt(10) == 0) {
      volume.crash();
    }
  }
}
