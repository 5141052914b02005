package dev.quarry.volume;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.Durability;
import dev.quarry.block.VolumeException;
import dev.quarry.block.ZeroMode;
import dev.quarry.disk.Crash;
import dev.quarry.disk.SimulatedCrash;
import dev.quarry.disk.SimulatedMachine;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ColdVolumeTest {
  private static final int BLOCK = ChunkLayout.BLOCK_BYTES;
  private static final int CHUNK = ChunkLayout.CHUNK_BYTES;
  private static final int SOURCE_BYTES = 3 * CHUNK + 5 * BLOCK; // its last chunk is short
  private static final int SIZE = 6 * CHUNK;

  private final SimulatedMachine machine = SimulatedMachine.create(1);
  private FakeSource source;
  private ChunkedDevice device;

  @BeforeEach
  void open() throws IOException {
    byte[] bytes = new byte[SOURCE_BYTES];
    new SplittableRandom(7).nextBytes(bytes);
    Arrays.fill(bytes, 2 * CHUNK, 3 * CHUNK, (byte) 0); // chunk 2 is zeros
    source = new FakeSource(bytes);
    device = openDevice(false);
  }

  @AfterEach
  void close() throws VolumeException {
    device.close();
    machine.close();
    assertTrue(source.closed, "the device closes its source");
  }

  @Test
  void read_coldVolume_givesTheSourceAndZerosBehindIt() throws VolumeException {
    assertArrayEquals(Arrays.copyOf(source.bytes, SIZE), read(0, SIZE));
    assertEquals(3, source.reads.get(), "zero chunks are not read");
  }

  @Test
  void read_twice_fetchesOnce() throws VolumeException {
    read(10, 1);
    read(CHUNK - 1, 1);
    assertEquals(1, source.reads.get());
  }

  @Test
  void tryRead_coldChunk_saysNoWithoutFetching() throws VolumeException {
    byte[] one = new byte[1];
    assertFalse(device.tryRead(0, MemorySegment.ofArray(one), 0, 1));
    assertEquals(0, source.reads.get());
    read(0, 1);
    assertTrue(device.tryRead(0, MemorySegment.ofArray(one), 0, 1));
  }

  @Test
  void tryReadHole_coldChunk_saysNo() throws VolumeException {
    assertFalse(device.tryReadHole(2 * CHUNK, CHUNK));
  }

  @Test
  void zeroesFast_edgesToBeFetched_saysNo() throws VolumeException {
    assertTrue(device.zeroesFast(0, 3L * BLOCK, ZeroMode.PUNCH));
    assertFalse(device.zeroesFast(1, 3L * BLOCK, ZeroMode.PUNCH));
    assertFalse(device.zeroesFast(BLOCK, 100, ZeroMode.ALLOCATE));
    read(0, BLOCK);
    assertTrue(device.zeroesFast(BLOCK, 100, ZeroMode.ALLOCATE));
  }

  @Test
  void write_wholeColdBlock_doesNotWaitForTheSource() throws VolumeException {
    source.failure.set(new VolumeException.Unavailable("store is away", null));
    write(3 * BLOCK, filled(2 * BLOCK, 9));
    assertArrayEquals(filled(2 * BLOCK, 9), read(3 * BLOCK, 2 * BLOCK));
    device.zero(5L * BLOCK, BLOCK, ZeroMode.PUNCH, Durability.CACHED);
    assertArrayEquals(new byte[BLOCK], read(5 * BLOCK, BLOCK));
    assertThrows(VolumeException.Unavailable.class, () -> read(6 * BLOCK, BLOCK));
    assertEquals(1, source.reads.get());
  }

  @Test
  void write_partOfAColdBlock_keepsTheRestOfIt() throws VolumeException {
    write(3 * BLOCK + 100, filled(BLOCK, 9));
    byte[] expected = Arrays.copyOf(source.bytes, SIZE);
    Arrays.fill(expected, 3 * BLOCK + 100, 4 * BLOCK + 100, (byte) 9);
    assertArrayEquals(expected, read(0, SIZE));
  }

  @Test
  void fetch_afterAColdWrite_keepsWhatWasWritten() throws VolumeException {
    write(BLOCK, filled(BLOCK, 9));
    assertTrue(device.hydrate(0));
    byte[] expected = Arrays.copyOf(source.bytes, CHUNK);
    Arrays.fill(expected, BLOCK, 2 * BLOCK, (byte) 9);
    assertArrayEquals(expected, read(0, CHUNK));
    assertFalse(device.hydrate(0), "it is here now");
  }

  @Test
  void hereChunks_ofAVolumeBeingHydrated_areThoseThatAreWhole() throws IOException {
    assertEquals(0, device.hereChunks(6));
    device.hydrate(1);
    device.hydrate(4);
    write(0, filled(BLOCK, 9));
    assertEquals(2, device.hereChunks(6));
    assertEquals(1, device.hereChunks(4));
    device.grow(2 * ChunkLayout.REGION_BYTES + CHUNK);
    device.hydrate(2L * ChunkLayout.CHUNKS_PER_REGION);
    assertEquals(3, device.hereChunks(2L * ChunkLayout.CHUNKS_PER_REGION + 1));
    assertTrue(device.isHere(4));
    assertFalse(device.isHere(5));
    device.close();
    assertEquals(0, device.hereChunks(6));
    assertFalse(device.isHere(4), "nothing is known any more");
  }

  @Test
  void hereChunks_ofAHydratedVolume_areAll() throws VolumeException {
    for (int chunk = 0; chunk < 6; chunk++) {
      device.hydrate(chunk);
    }
    assertTrue(device.finishHydration());
    assertEquals(6, device.hereChunks(6));
  }

  @Test
  void write_wholeColdChunk_cancelsItsFetch() throws VolumeException {
    write(0, filled(CHUNK, 9));
    assertFalse(device.hydrate(0));
    assertEquals(0, source.reads.get());
  }

  @Test
  void read_manyReadersOfOneColdChunk_fetchItOnce() throws Exception {
    source.held = new CountDownLatch(1);
    try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<byte[]>> answers = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        int at = i * BLOCK;
        answers.add(readers.submit(() -> read(at, BLOCK)));
      }
      source.held.countDown();
      for (int i = 0; i < 16; i++) {
        assertArrayEquals(
            Arrays.copyOfRange(source.bytes, i * BLOCK, (i + 1) * BLOCK), answers.get(i).get());
      }
    }
    assertEquals(1, source.reads.get());
  }

  @Test
  void read_afterAFailedFetch_triesAgain() throws VolumeException {
    source.failure.set(new VolumeException.Unavailable("store is away", null));
    assertThrows(VolumeException.Unavailable.class, () -> read(0, 1));
    source.failure.set(null);
    assertEquals(source.bytes[0], read(0, 1)[0]);
  }

  @Test
  void freeze_whileAFetchHangs_doesNotWait() throws Exception {
    source.held = new CountDownLatch(1);
    try (ExecutorService reader = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<byte[]> answer = reader.submit(() -> read(0, 1));
      while (source.reads.get() == 0) {
        Thread.onSpinWait();
      }
      device.freeze(0).close();
      assertFalse(answer.isDone());
      source.held.countDown();
      assertEquals(source.bytes[0], answer.get()[0]);
    }
  }

  @Test
  void view_ofAColdVolume_holdsTheInstantWhateverComesAfter() throws IOException {
    byte[] expected = Arrays.copyOf(source.bytes, SIZE);
    write(BLOCK, filled(BLOCK, 1));
    Arrays.fill(expected, BLOCK, 2 * BLOCK, (byte) 1);
    try (FrozenView view = device.freeze(ChunkedDevice.NOTHING)) {
      write(BLOCK, filled(3 * BLOCK, 2)); // over one block that was here and two that were not
      device.hydrate(0);
      write(9 * BLOCK, filled(BLOCK, 3)); // over one that was fetched since
      device.trim(CHUNK, CHUNK, Durability.CACHED); // a whole cold chunk
      assertFalse(device.finishHydration(), "the view still needs the source");
      for (int chunk = 0; chunk < 6; chunk++) {
        byte[] got = new byte[CHUNK];
        view.read(chunk, MemorySegment.ofArray(got), 0);
        assertArrayEquals(
            Arrays.copyOfRange(expected, chunk * CHUNK, (chunk + 1) * CHUNK),
            got,
            "chunk " + chunk);
      }
    }
  }

  @Test
  void change_ofAHalfHydratedVolume_namesOnlyWhatTheGuestWrote() throws IOException {
    device.hydrate(0);
    write(CHUNK, filled(BLOCK, 1));
    try (FrozenView view = device.freeze(0)) {
      assertEquals(1, view.nextChanged(0));
      assertEquals(6, view.nextChanged(2));
    }
  }

  @Test
  void finishHydration_onceAllIsHere_letsTheSourceGo() throws VolumeException {
    assertFalse(device.finishHydration());
    for (int chunk = 0; chunk < 6; chunk++) {
      device.hydrate(chunk);
    }
    assertTrue(device.finishHydration());
    assertTrue(source.closed);
    assertArrayEquals(Arrays.copyOf(source.bytes, SIZE), read(0, SIZE));
  }

  @Test
  void crash_ofTheProcess_keepsWhatIsHere() throws IOException {
    read(0, 1);
    write(CHUNK, filled(BLOCK, 9));
    machine.crash();
    machine.restart(Crash.KILL);
    device = openDevice(false);
    source.reads.set(0);
    read(0, CHUNK);
    assertArrayEquals(filled(BLOCK, 9), read(CHUNK, BLOCK));
    assertEquals(0, source.reads.get());
  }

  @Test
  void powerLoss_atEveryStep_keepsFlushedBlocksAndServesTheSourceElsewhere() throws IOException {
    device.close();
    for (Crash crash : Crash.values()) {
      for (long step = 0; ; step++) {
        SimulatedMachine other = SimulatedMachine.create(step);
        if (!survivesCrash(other, crash, step)) {
          break;
        }
      }
    }
    device = openDevice(false);
  }

  /// What only came from the source, and was never forced, is fetched anew: a power loss may keep
  /// the note that it is here and lose the data.
  @ParameterizedTest
  @EnumSource(Crash.class)
  void powerLoss_beforeAnythingWasWrittenOrFlushed_servesTheSource(Crash crash) throws IOException {
    device.close();
    for (long seed = 0; seed < 100; seed++) {
      SimulatedMachine other = SimulatedMachine.create(seed);
      ChunkedDevice first = open(other, false);
      first.hydrate(0);
      first.hydrate(1);
      other.crash();
      other.restart(Crash.KILL);
      ChunkedDevice second = open(other, false); // finds notes that nobody has forced
      second.hydrate(3);
      other.crash();
      other.restart(crash);
      ChunkedDevice third = open(other, crash.powerLoss());
      byte[] got = new byte[SIZE];
      third.read(0, MemorySegment.ofArray(got), 0, SIZE);
      assertArrayEquals(Arrays.copyOf(source.bytes, SIZE), got, crash + " seed " + seed);
      third.close();
    }
    device = openDevice(false);
  }

  /// Runs a scenario that is cut off in its `step`-th step, and checks what is left.
  ///
  /// @return whether there was such a step
  private boolean survivesCrash(SimulatedMachine other, Crash crash, long step) throws IOException {
    source.failure.set(null);
    ChunkedDevice first = open(other, false);
    other.crashAtStep(step);
    boolean flushed = false;
    try {
      first.write(BLOCK, MemorySegment.ofArray(filled(BLOCK, 1)), 0, BLOCK, Durability.CACHED);
      first.hydrate(1);
      first.flush();
      flushed = true;
      first.write(4 * BLOCK, MemorySegment.ofArray(filled(BLOCK, 2)), 0, BLOCK, Durability.CACHED);
      first.hydrate(0);
      first.flush();
    } catch (SimulatedCrash _) {
      assertTrue(other.down());
    }
    boolean cut = other.down();
    other.crash();
    other.restart(crash);
    ChunkedDevice second = open(other, crash.powerLoss());
    byte[] got = new byte[SIZE];
    second.read(0, MemorySegment.ofArray(got), 0, SIZE);
    byte[] expected = Arrays.copyOf(source.bytes, SIZE);
    checkSectors(expected, got, BLOCK, 1, flushed);
    checkSectors(expected, got, 4 * BLOCK, 2, !cut);
    assertArrayEquals(expected, got, crash + " at step " + step);
    second.close();
    return cut;
  }

  /// Each sector of a written block holds what the source has or what was written; only the latter
  /// if it was flushed. Takes what it found into `expected`.
  private static void checkSectors(
      byte[] expected, byte[] got, int offset, int written, boolean flushed) {
    for (int at = offset; at < offset + BLOCK; at += 512) {
      byte[] sector = Arrays.copyOfRange(got, at, at + 512);
      boolean isWritten = Arrays.equals(sector, filled(512, written));
      boolean isOld = Arrays.equals(sector, Arrays.copyOfRange(expected, at, at + 512));
      assertTrue(isWritten || (isOld && !flushed), "sector at " + at + " flushed=" + flushed);
      System.arraycopy(sector, 0, expected, at, 512);
    }
  }

  private ChunkedDevice openDevice(boolean machineCrashed) throws IOException {
    return open(machine, machineCrashed);
  }

  private ChunkedDevice open(SimulatedMachine on, boolean machineCrashed) throws IOException {
    return ChunkedDevice.open(
        on.disk().folder("volume"), SIZE, new Origin.Cold(source), machineCrashed);
  }

  private byte[] read(int offset, int length) throws VolumeException {
    byte[] bytes = new byte[length];
    device.read(offset, MemorySegment.ofArray(bytes), 0, length);
    return bytes;
  }

  private void write(int offset, byte[] bytes) throws VolumeException {
    device.write(offset, MemorySegment.ofArray(bytes), 0, bytes.length, Durability.CACHED);
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
