package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.Durability;
import dev.quarry.block.TestBytes;
import dev.quarry.block.VolumeException;
import dev.quarry.block.ZeroMode;
import dev.quarry.crypto.DataKey;
import dev.quarry.crypto.InsecureKeyAccess;
import dev.quarry.disk.Crash;
import dev.quarry.disk.SimulatedCrash;
import dev.quarry.disk.SimulatedMachine;
import dev.quarry.objects.MemoryStore;
import dev.quarry.volume.ChunkLayout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/// One history of volumes of the real engine and their snapshots, against arrays of bytes: changes,
/// snapshots that may overlap, restores, deletions, clones of clones, kills and losses of power in
/// any step. Every snapshot that is completed restores exactly its bytes, always.
final class EngineHistory {
  private static final int CHUNK = ChunkLayout.CHUNK_BYTES;
  private static final int BLOCK = ChunkLayout.BLOCK_BYTES;
  private static final int MAX_VOLUMES = 3;

  private final Random random;
  private final boolean encrypted;
  private final MemoryStore store = MemoryStore.create();
  private final List<Tested> volumes = new ArrayList<>();
  private final Map<SnapshotId, byte[]> begun = new LinkedHashMap<>();
  private final Map<UUID, Seals> seals = new LinkedHashMap<>();
  private final List<PendingSnapshot> pending = new ArrayList<>();
  private FaultyStore processStore;
  private VolumeSnapshots snapshots;
  private SnapshotService service;

  /// A volume, its machine, and what it has to hold.
  private static final class Tested {
    final EngineVolume volume;
    final SimulatedMachine machine;
    byte[] contents;

    Tested(EngineVolume volume, SimulatedMachine machine, byte[] contents) {
      this.volume = volume;
      this.machine = machine;
      this.contents = contents;
    }
  }

  EngineHistory(long seed, boolean encrypted) {
    this.random = new Random(seed);
    this.encrypted = encrypted;
  }

  /// Runs it to its end.
  void run(int steps) throws Exception {
    startProcess();
    add(CHUNK / 2 + 512 * random.nextInt(4 * CHUNK / 512), Optional.empty());
    for (int i = 0; i < steps; i++) {
      Tested tested = volumes.get(random.nextInt(volumes.size()));
      try {
        step(tested);
      } catch (SimulatedCrash _) {
        // The process may be stopped inside of a change, of which a part may be there.
        restart(tested);
      }
    }
    restart();
    for (SnapshotId id : begun.keySet()) {
      check(id);
    }
    for (Tested tested : volumes) {
      tested.volume.data().close();
      tested.volume.key().ifPresent(DataKey::close);
    }
  }

  private void step(Tested tested) throws Exception {
    switch (random.nextInt(18)) {
      case 0, 1, 2, 3, 4 -> write(tested);
      case 5 -> clear(tested);
      case 6 -> tested.volume.data().device().flush();
      case 7, 8 -> {
        snapshot(tested);
        settle();
      }
      case 9 -> snapshot(tested);
      case 10 -> someSnapshot().ifPresent(this::check);
      case 11 -> copy();
      case 12 -> hydrate(tested);
      case 13 -> {
        if (random.nextBoolean()) {
          restart();
        } else {
          tested.machine.crashAtStep(random.nextInt(60));
        }
      }
      case 14 -> grow(tested);
      case 15 -> someSnapshot().ifPresent(this::delete);
      case 16 -> service.collect(tested.volume.lineage());
      default ->
          assertEquals(
              -1, TestBytes.firstDifference(tested.contents, tested.volume.contents()), "volume");
    }
  }

  private void write(Tested tested) throws VolumeException {
    int size = tested.contents.length;
    int offset = random.nextInt(size);
    int most = Math.min(size - offset, random.nextInt(4) == 0 ? 2 * CHUNK : 3 * BLOCK);
    byte[] bytes = new byte[1 + random.nextInt(most)];
    switch (random.nextInt(4)) {
      case 0 -> {} // zeros
      case 1 -> Arrays.fill(bytes, (byte) random.nextInt());
      default -> random.nextBytes(bytes);
    }
    TestBytes.write(tested.volume.data().device(), offset, bytes);
    System.arraycopy(bytes, 0, tested.contents, offset, bytes.length);
  }

  private void clear(Tested tested) throws VolumeException {
    int size = tested.contents.length;
    int offset = random.nextInt(size);
    int length = 1 + random.nextInt(size - offset);
    if (random.nextBoolean()) {
      tested.volume.data().device().trim(offset, length, Durability.CACHED);
    } else {
      ZeroMode mode = random.nextBoolean() ? ZeroMode.PUNCH : ZeroMode.ALLOCATE;
      tested.volume.data().device().zero(offset, length, mode, Durability.CACHED);
    }
    Arrays.fill(tested.contents, offset, offset + length, (byte) 0);
  }

  private void snapshot(Tested tested) {
    if (pending.size() < 3) {
      PendingSnapshot made = snapshots.create(tested.volume, "", Map.of());
      begun.put(made.id(), tested.contents.clone());
      pending.add(made);
    }
  }

  /// Waits for what is being made.
  private void settle() {
    for (PendingSnapshot made : pending) {
      try {
        made.await();
      } catch (SnapshotException e) {
        boolean crashed = volumes.stream().anyMatch(tested -> tested.machine.down());
        if (!crashed) {
          throw e;
        }
      }
    }
    pending.clear();
  }

  private Optional<SnapshotId> someSnapshot() {
    List<SnapshotId> completed = new ArrayList<>();
    for (SnapshotId id : begun.keySet()) {
      if (snapshots.show(id).state() == SnapshotInfo.State.COMPLETED) {
        completed.add(id);
      }
    }
    return completed.isEmpty()
        ? Optional.empty()
        : Optional.of(completed.get(random.nextInt(completed.size())));
  }

  /// Deletes a snapshot that volumes may be made from, or be about to be made an increment of.
  private void delete(SnapshotId id) {
    service.delete(id);
    begun.remove(id);
  }

  /// Makes a volume of a snapshot.
  private void copy() throws IOException {
    Optional<SnapshotId> id = someSnapshot();
    if (volumes.size() < MAX_VOLUMES && id.isPresent()) {
      add(begun.get(id.get()).length + 512 * random.nextInt(3 * CHUNK / 512), id);
    }
  }

  private void add(int sizeBytes, Optional<SnapshotId> origin) throws IOException {
    UUID lineage = new UUID(random.nextLong(), random.nextLong());
    int keySeed = random.nextInt();
    Optional<DataKey> key = Optional.empty();
    if (origin.isPresent()) {
      // One data key for a volume, its snapshots and what is made of them.
      Tested first = volumes.getFirst();
      key = first.volume.key();
    } else if (encrypted) {
      byte[] raw = new byte[DataKey.SIZE_BYTES];
      new Random(keySeed).nextBytes(raw);
      key = Optional.of(DataKey.insecureOf(raw, InsecureKeyAccess.granted()));
    }
    seals.put(lineage, key.<Seals>map(DataKeySeals::new).orElseGet(ChecksumSeals::new));
    snapshots.open(lineage);
    Optional<ParentSnapshot> parent = origin.map(id -> snapshots.pin(id, lineage));
    EngineVolume volume = new EngineVolume(lineage, sizeBytes, key, origin, parent);
    SimulatedMachine machine = SimulatedMachine.create(random.nextLong());
    byte[] contents =
        origin.map(id -> Arrays.copyOf(begun.get(id), sizeBytes)).orElse(new byte[sizeBytes]);
    volume.open(machine.disk(), snapshots, false);
    volumes.add(new Tested(volume, machine, contents));
  }

  private void hydrate(Tested tested) throws VolumeException {
    int count = (int) ChunkLayout.chunkCount(tested.contents.length);
    for (int i = random.nextInt(count + 1); i > 0; i--) {
      tested.volume.data().hydrate(random.nextInt(count));
    }
    if (tested.volume.data().finishHydration()) {
      tested.volume.hydrated();
    }
  }

  /// A volume does not grow while a snapshot of it is read.
  private void grow(Tested tested) throws IOException {
    if (tested.contents.length < 6 * CHUNK) {
      settle();
      int size = tested.contents.length + 512 * (1 + random.nextInt(CHUNK / 512));
      tested.volume.grow(size);
      tested.contents = Arrays.copyOf(tested.contents, size);
    }
  }

  /// What a snapshot restores, if it is there.
  private void check(SnapshotId id) {
    switch (snapshots.show(id).state()) {
      case COMPLETED ->
          assertEquals(
              -1, TestBytes.firstDifference(begun.get(id), Restores.whole(service.reader(id))));
      case ERROR, PENDING -> {}
      case RECOVERABLE -> throw new AssertionError("nobody deleted " + id);
    }
  }

  private void startProcess() {
    processStore = new FaultyStore(store);
    service =
        new SnapshotService(
            processStore,
            seals::get,
            Anchors.none(),
            Samples.CLOCK,
            new Random(random.nextLong()),
            new WriterLimits(1, 3, 1 << 20));
    snapshots = new VolumeSnapshots(service);
  }

  private void restart(Tested... inDoubt) throws IOException {
    Crash crash = Crash.values()[random.nextInt(Crash.values().length)];
    processStore.failAfter(0, false, true); // the process that is gone asks for nothing more
    volumes.forEach(tested -> tested.machine.crash());
    settle();
    startProcess();
    for (Tested tested : volumes) {
      tested.machine.restart(crash);
      snapshots.open(tested.volume.lineage());
      tested.volume.open(tested.machine.disk(), snapshots, crash.powerLoss());
      byte[] actual = tested.volume.contents();
      if (!crash.powerLoss() && !List.of(inDoubt).contains(tested)) {
        assertEquals(-1, TestBytes.firstDifference(tested.contents, actual), "after a kill");
      }
      tested.contents = actual; // what power takes back is the engine's own model's matter
    }
    for (SnapshotId id : begun.keySet()) {
      assertTrue(snapshots.show(id).state() != SnapshotInfo.State.PENDING, "left pending " + id);
    }
  }
}
