package dev.quarry.volume;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.quarry.block.BlockDevice;
import dev.quarry.block.BlockDeviceContract;
import dev.quarry.block.Durability;
import dev.quarry.block.Extent;
import dev.quarry.block.MemoryDevice;
import dev.quarry.block.ReadOnlyDevice;
import dev.quarry.block.TestBytes;
import dev.quarry.block.VolumeException;
import dev.quarry.block.ZeroMode;
import dev.quarry.crypto.DataKey;
import dev.quarry.crypto.InsecureKeyAccess;
import dev.quarry.disk.Disk;
import dev.quarry.disk.PosixDisk;
import dev.quarry.disk.SimulatedMachine;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EncryptedDeviceTest {
  private static final long SIZE = 1 << 20;

  /// The largest whole number of sectors not above the contract's size.
  private static final long ODD_SIZE = 2411 * 512;

  private final CipherScratch scratch = new CipherScratch(8);
  private final DataKey key = key();
  private final MemoryDevice behind = MemoryDevice.create(SIZE);
  private final RecordingDevice recorder = new RecordingDevice(behind);
  private final BlockDevice device = new EncryptedDevice(recorder, key.sectorCipher(), scratch);

  @Nested
  final class OverMemory extends BlockDeviceContract {
    @Override
    protected BlockDevice create(long sizeBytes) {
      return new EncryptedDevice(MemoryDevice.create(sizeBytes), key.sectorCipher(), scratch);
    }

    @Override
    protected long sizeBytes() {
      return ODD_SIZE;
    }
  }

  @Nested
  final class OverARealDisk extends BlockDeviceContract {
    @TempDir Path folder;

    @Override
    protected BlockDevice create(long sizeBytes) throws Exception {
      Disk disk = PosixDisk.open(folder.resolve("volume" + System.nanoTime()));
      return new EncryptedDevice(
          ChunkedDevice.open(disk, sizeBytes, new Origin.Empty(), false),
          key.sectorCipher(),
          scratch);
    }

    @Override
    protected long sizeBytes() {
      return ODD_SIZE;
    }
  }

  @Test
  void stored_isWhatTheSectorCipherMakes_withTheSectorsNumber() throws Exception {
    byte[] plain = TestBytes.pattern(1, 300_032);
    TestBytes.write(device, 1536, plain);
    byte[] stored = TestBytes.read(behind, 1536, plain.length);
    byte[] expected = new byte[plain.length];
    key.sectorCipher().encrypt(3, plain, 0, expected, 0, plain.length);
    assertArrayEquals(expected, stored);
  }

  @Test
  void stored_ofManyMarkers_holdsNoneOfThem() throws Exception {
    BlockDevice large = MemoryDevice.create(8 << 20);
    BlockDevice encrypted = new EncryptedDevice(large, key.sectorCipher(), scratch);
    byte[] marker = "QUARRY-MARKER-16".getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < 10_000; i++) {
      TestBytes.write(encrypted, i * 800L + i % 500, marker);
    }
    String stored = new String(TestBytes.read(large, 0, 8 << 20), StandardCharsets.ISO_8859_1);
    assertFalse(stored.contains("QUARRY"));
    String seen = new String(TestBytes.read(encrypted, 0, 8 << 20), StandardCharsets.ISO_8859_1);
    assertEquals(10_000, seen.split("QUARRY-MARKER-16", -1).length - 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096, 8192, 16384, 128 * 1024})
  void write_alignedToItsSize_goesDownInOneCall(int length) throws Exception {
    device.write(length, buffer(length), 0, length, Durability.FORCED);
    assertEquals(List.of("write " + length + "+" + length + " FORCED"), recorder.calls);
    recorder.calls.clear();
    assertTrue(device.tryWrite(length, buffer(length), 0, length));
    assertEquals(List.of("tryWrite " + length + "+" + length), recorder.calls);
  }

  @Test
  void write_large_goesDownInPieces_thatKeepAlignedBlocksWhole() throws Exception {
    device.write(4096, buffer(300_000), 0, 300_000, Durability.CACHED);
    assertEquals(
        List.of(
            "write 4096+126976 CACHED",
            "write 131072+131072 CACHED",
            "read 303616+512",
            "write 262144+41984 CACHED"),
        recorder.calls);
  }

  @Test
  void write_ofPartsOfSectors_goesDownInOneCall() throws Exception {
    device.write(100, buffer(1000), 0, 1000, Durability.FORCED);
    device.write(512, buffer(1000), 0, 1000, Durability.CACHED);
    device.write(700, buffer(1), 0, 1, Durability.CACHED);
    assertEquals(
        List.of(
            "read 0+512",
            "read 1024+512",
            "write 0+1536 FORCED",
            "read 1024+512",
            "write 512+1024 CACHED",
            "read 512+512",
            "write 512+512 CACHED"),
        recorder.calls);
  }

  @Test
  void changes_inPiecesForced_areFlushedOnce() throws Exception {
    device.write(100, buffer(200_000), 0, 200_000, Durability.FORCED);
    device.trim(100, 10_000, Durability.FORCED);
    assertEquals("flush", recorder.calls.getLast());
    assertEquals(2, recorder.calls.stream().filter("flush"::equals).count());
    assertTrue(recorder.calls.stream().noneMatch(call -> call.endsWith("FORCED")));
  }

  @Test
  void trim_thatLeavesPartsOfSectors_writesTheirBlocksWhole_andClearsTheRest() throws Exception {
    TestBytes.write(device, 0, TestBytes.pattern(1, 65536));
    recorder.calls.clear();
    device.trim(4000, 30_000, Durability.CACHED);
    device.trim(5000, 10, Durability.CACHED); // zeros already
    assertEquals(
        List.of(
            "read 3584+512",
            "write 3584+512 CACHED",
            "trim 4096+28672 CACHED",
            "read 33792+512",
            "write 32768+1536 CACHED",
            "read 4608+512",
            "trim 4608+512 CACHED"),
        recorder.calls);
    assertTrue(TestBytes.all(TestBytes.read(behind, 32768, 1024), 0, 1024, 0));
  }

  @Test
  void zeroAndTrim_ofWholeSectors_goStraightDown() throws Exception {
    device.zero(512, 1024, ZeroMode.ALLOCATE, Durability.FORCED);
    device.zero(0, SIZE, ZeroMode.PUNCH, Durability.CACHED);
    device.trim(512, SIZE - 512, Durability.FORCED);
    assertEquals(
        List.of(
            "zero 512+1024 ALLOCATE FORCED",
            "zero 0+1048576 PUNCH CACHED",
            "trim 512+1048064 FORCED"),
        recorder.calls);
  }

  @ParameterizedTest
  @EnumSource(ZeroMode.class)
  void zero_ofTheRestOfASector_makesItAStoredZero(ZeroMode mode) throws Exception {
    TestBytes.write(device, 1024, TestBytes.pattern(1, 512));
    device.zero(1024, 300, mode, Durability.CACHED);
    assertFalse(TestBytes.all(TestBytes.read(behind, 1024, 512), 0, 512, 0));
    device.zero(1324, 212, mode, Durability.CACHED);
    assertTrue(TestBytes.all(TestBytes.read(behind, 1024, 512), 0, 512, 0));
  }

  @Test
  void neverWritten_andTrimmed_staysWithoutSpace() throws Exception {
    TestBytes.write(device, 128 * 1024, TestBytes.pattern(1, 64 * 1024));
    device.trim(128 * 1024, 64 * 1024, Durability.CACHED);
    device.trim(64 * 1024 + 7, 3, Durability.CACHED);
    device.zero(7, 100_000, ZeroMode.PUNCH, Durability.CACHED);
    assertEquals(List.of(new Extent(0, SIZE, Extent.State.HOLE)), device.extents(0, SIZE, 10));
    assertTrue(TestBytes.all(TestBytes.read(device, 0, (int) SIZE), 0, (int) SIZE, 0));
  }

  @Test
  void read_ofDataAndHolesMixed_deciphersWhatIsStoredOnly() throws Exception {
    byte[] expected = new byte[64 * 512];
    for (int sector : new int[] {0, 1, 5, 6, 7, 30, 62}) {
      byte[] bytes = TestBytes.pattern(sector, 512);
      System.arraycopy(bytes, 0, expected, sector * 512, 512);
      TestBytes.write(device, sector * 512L, bytes);
    }
    assertArrayEquals(expected, TestBytes.read(device, 0, expected.length));
    assertArrayEquals(Arrays.copyOfRange(expected, 700, 3500), TestBytes.read(device, 700, 2800));
  }

  @Test
  void tryRequests_whenTheDeviceBehindWouldWait_sayNo() throws Exception {
    BlockDevice slow = new EncryptedDevice(new NeverAtOnce(behind), key.sectorCipher(), scratch);
    for (int[] range : new int[][] {{0, 4096}, {100, 4096}, {0, 512 * 1024}, {3, 2}}) {
      assertFalse(slow.tryRead(range[0], buffer(range[1]), 0, range[1]));
      assertFalse(slow.tryWrite(range[0], buffer(range[1]), 0, range[1]));
    }
    assertTrue(TestBytes.all(TestBytes.read(device, 0, (int) SIZE), 0, (int) SIZE, 0));
  }

  @Test
  void tryRequests_whenNoScratchIsLeft_sayNo_andTheOthersWait() throws Exception {
    CipherScratch small = new CipherScratch(1);
    BlockDevice one = new EncryptedDevice(behind, key.sectorCipher(), small);
    int held = small.take();
    assertFalse(one.tryWrite(0, buffer(4096), 0, 4096));
    assertFalse(one.tryRead(1, buffer(4096), 0, 4096));
    assertTrue(one.tryRead(0, buffer(4096), 0, 4096)); // needs none
    Thread writer =
        Thread.ofPlatform().start(() -> unchecked(() -> TestBytes.write(one, 0, new byte[4096])));
    while (writer.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    small.release(held);
    writer.join();
    assertTrue(one.tryWrite(0, buffer(4096), 0, 4096));
  }

  @Test
  void tryWrite_whileAPartOfASectorIsMerged_saysNo() throws Exception {
    List<Boolean> answers = new ArrayList<>();
    recorder.beforeWrite = () -> answers.add(device.tryWrite(4096, buffer(4096), 0, 4096));
    TestBytes.write(device, 4100, new byte[] {1});
    assertEquals(List.of(false), answers);
    recorder.beforeWrite = () -> {};
    assertTrue(device.tryWrite(4096, buffer(4096), 0, 4096));
  }

  /// Two threads write the two parts of a sector, a third writes its whole block, a fourth reads.
  /// Nobody's bytes are lost, and no read sees bytes that nobody wrote.
  @Test
  void partsOfASector_writtenByMany_areNeverLostNorTorn() throws Exception {
    for (BlockDevice below : List.of(behind, chunked())) {
      BlockDevice shared = new EncryptedDevice(below, key.sectorCipher(), scratch);
      AtomicBoolean stop = new AtomicBoolean();
      try (ExecutorService threads =
          Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
        List<Future<?>> writers = new ArrayList<>();
        for (int part = 0; part < 2; part++) {
          int at = 4096 + part * 200;
          int length = part == 0 ? 200 : 312;
          writers.add(
              threads.submit(() -> {
                for (int i = 1; !stop.get(); i++) {
                  byte[] bytes = new byte[length];
                  Arrays.fill(bytes, (byte) (i | 1));
                  TestBytes.write(shared, at, bytes);
                  byte[] seen = TestBytes.read(shared, at, length);
                  assertArrayEquals(bytes, seen);
                }
                return null;
              }));
        }
        Future<?> neighbour =
            threads.submit(() -> {
              for (int i = 1; !stop.get(); i++) {
                byte[] bytes = new byte[1024];
                Arrays.fill(bytes, (byte) (i | 1));
                TestBytes.write(shared, 4096 + 512, bytes);
                assertArrayEquals(bytes, TestBytes.read(shared, 4096 + 512, 1024));
                shared.trim(4096 + 512 + 1, 700, Durability.CACHED);
              }
              return null;
            });
        long end = System.nanoTime() + 300_000_000;
        while (System.nanoTime() < end) {
          byte[] sector = TestBytes.read(shared, 4096, 512);
          assertTrue(TestBytes.all(sector, 0, 200, sector[0]));
          assertTrue(TestBytes.all(sector, 200, 512, sector[200]));
        }
        stop.set(true);
        for (Future<?> writer : writers) {
          writer.get();
        }
        neighbour.get();
      }
      below.close();
    }
  }

  @Test
  void requests_afterTheKeyIsClosed_areDetached() throws Exception {
    TestBytes.write(device, 0, TestBytes.pattern(1, 8192));
    key.close();
    assertThrows(VolumeException.Detached.class, () -> TestBytes.read(device, 0, 4096));
    assertThrows(VolumeException.Detached.class, () -> TestBytes.read(device, 1, 10));
    assertThrows(VolumeException.Detached.class, () -> TestBytes.write(device, 0, new byte[4096]));
    assertThrows(VolumeException.Detached.class, () -> TestBytes.write(device, 1, new byte[1]));
  }

  @Test
  void writes_toAReadOnlyDevice_areRefused() throws Exception {
    BlockDevice readOnly =
        new EncryptedDevice(new ReadOnlyDevice(behind), key.sectorCipher(), scratch);
    assertTrue(readOnly.readOnly());
    for (int offset : new int[] {0, 1}) {
      assertThrows(
          VolumeException.ReadOnly.class, () -> TestBytes.write(readOnly, offset, new byte[512]));
      assertThrows(
          VolumeException.ReadOnly.class, () -> readOnly.trim(offset, 512, Durability.CACHED));
    }
    assertThrows(VolumeException.ReadOnly.class, () -> readOnly.tryWrite(0, buffer(512), 0, 512));
  }

  @Test
  void device_ofPartsOfSectors_isRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new EncryptedDevice(MemoryDevice.create(1000), key.sectorCipher(), scratch));
  }

  @Test
  void requests_afterWarmUp_allocateNothing() throws Exception {
    BlockDevice plain = new EncryptedDevice(behind, key.sectorCipher(), scratch);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(4096);
      int calls = 4_000;
      long allocated = Long.MAX_VALUE;
      for (int round = 0; round < 6; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < calls; i++) {
          long offset = i % 200 * 4096L;
          plain.write(offset, bytes, 0, 4096, Durability.CACHED);
          plain.tryWrite(offset, bytes, 0, 4096);
          plain.read(offset, bytes, 0, 4096);
          plain.tryRead(offset, bytes, 0, 4096);
        }
        allocated = Math.min(allocated, threads.getCurrentThreadAllocatedBytes() - before);
      }
      assertTrue(allocated < calls, "bytes allocated in " + 4 * calls + " requests: " + allocated);
    }
  }

  @Test
  void dataFile_ofAnEncryptedVolume_staysSparse(@TempDir Path folder) throws Exception {
    Disk disk = PosixDisk.open(folder);
    try (BlockDevice volume =
        new EncryptedDevice(
            ChunkedDevice.open(disk, 64 << 20, new Origin.Empty(), false),
            key.sectorCipher(),
            scratch)) {
      TestBytes.write(volume, 8 << 20, TestBytes.pattern(1, 1 << 20));
      TestBytes.write(volume, 32 << 20, TestBytes.pattern(2, 4 << 20));
      volume.trim((32 << 20) + 100, (4 << 20) - 200, Durability.CACHED);
      volume.flush();
      long data = 0;
      for (Extent extent : volume.extents(0, 64 << 20, 1000)) {
        data += extent.state() == Extent.State.DATA ? extent.length() : 0;
      }
      assertTrue(data >= 1 << 20 && data < 2 << 20, "bytes of data: " + data);
    }
  }

  private BlockDevice chunked() throws Exception {
    return ChunkedDevice.open(
        SimulatedMachine.create(2).disk().folder("volume"), SIZE, new Origin.Empty(), false);
  }

  private static DataKey key() {
    byte[] raw = new byte[DataKey.SIZE_BYTES];
    ByteBuffer.wrap(raw).putLong(42);
    return DataKey.insecureOf(raw, InsecureKeyAccess.granted());
  }

  private static MemorySegment buffer(int length) {
    return MemorySegment.ofArray(TestBytes.pattern(length, length));
  }

  private interface Request {
    void run() throws VolumeException;
  }

  private static void unchecked(Request request) {
    try {
      request.run();
    } catch (VolumeException e) {
      throw new AssertionError(e);
    }
  }
}
