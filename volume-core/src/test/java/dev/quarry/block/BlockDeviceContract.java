package dev.quarry.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What every [BlockDevice] that can be written promises: run it on each device and each filter.
///
/// What concurrent callers see is in [ConcurrentDeviceContract], which this extends.
public abstract class BlockDeviceContract extends ConcurrentDeviceContract {
  private static final int MARGIN = 7;

  private BlockDevice device;
  private long size;

  @BeforeEach
  void openDevice() throws Exception {
    size = sizeBytes();
    device = create(size);
  }

  @AfterEach
  void closeDevice() throws Exception {
    device.close();
    checkNothingIsLeft();
  }

  /// Called when the device of a test is closed: a fixture that counts what is open checks it here.
  protected void checkNothingIsLeft() throws Exception {}

  @Test
  void newDevice_whole_readsAsZeros() throws Exception {
    assertEquals(size, device.sizeBytes());
    assertFalse(device.readOnly());
    assertArrayEquals(new byte[(int) size], TestBytes.read(device, 0, (int) size));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void write_anyAlignment_changesItsRangeOnly(boolean onHeap) throws Exception {
    byte[] expected = new byte[(int) size];
    long seed = 0;
    for (Range range : ranges()) {
      byte[] bytes = TestBytes.pattern(++seed, range.length);
      MemorySegment from = TestBytes.buffer(onHeap, range.length + 2 * MARGIN, 0x55);
      from.asSlice(MARGIN, range.length).copyFrom(MemorySegment.ofArray(bytes));
      byte[] before = from.toArray(ValueLayout.JAVA_BYTE);
      Durability durability = seed % 16 == 0 ? Durability.FORCED : Durability.CACHED;

      device.write(range.offset, from, MARGIN, range.length, durability);

      assertArrayEquals(before, from.toArray(ValueLayout.JAVA_BYTE), "source");
      System.arraycopy(bytes, 0, expected, (int) range.offset, range.length);
      checkAround(expected, range);
    }
    assertArrayEquals(expected, TestBytes.read(device, 0, (int) size));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void read_anyAlignment_fillsItsPartOfTheBufferOnly(boolean onHeap) throws Exception {
    byte[] expected = fill(1);
    for (Range range : ranges()) {
      MemorySegment into = TestBytes.buffer(onHeap, range.length + 2 * MARGIN, 0x55);

      device.read(range.offset, into, MARGIN, range.length);

      byte[] wanted = new byte[range.length + 2 * MARGIN];
      Arrays.fill(wanted, (byte) 0x55);
      System.arraycopy(expected, (int) range.offset, wanted, MARGIN, range.length);
      assertEquals(-1, MemorySegment.ofArray(wanted).mismatch(into), range::toString);
    }
  }

  @Test
  void write_fromReadOnlyBuffer_isServed() throws Exception {
    byte[] bytes = TestBytes.pattern(3, 5000);
    device.write(100, MemorySegment.ofArray(bytes).asReadOnly(), 0, 5000, Durability.CACHED);
    assertArrayEquals(bytes, TestBytes.read(device, 100, 5000));
  }

  @Test
  void write_bufferFreedAfterwards_keepsItsBytes() throws Exception {
    byte[] bytes = TestBytes.pattern(4, 8192);
    try (Arena arena = Arena.ofShared()) {
      MemorySegment from = arena.allocate(8192);
      from.copyFrom(MemorySegment.ofArray(bytes));
      device.write(4096, from, 0, 8192, Durability.CACHED);
      from.fill((byte) 0);
    }
    device.flush();
    assertArrayEquals(bytes, TestBytes.read(device, 4096, 8192));
  }

  @ParameterizedTest
  @EnumSource(ZeroMode.class)
  void zero_anyAlignment_zeroesItsRangeOnly(ZeroMode mode) throws Exception {
    byte[] expected = fill(5);
    long turn = 0;
    for (Range range : ranges()) {
      device.zero(range.offset, range.length, mode, durability(++turn));
      Arrays.fill(expected, (int) range.offset, (int) range.end(), (byte) 0);
      checkAround(expected, range);
      expected = refill(expected, turn);
    }
    assertArrayEquals(expected, TestBytes.read(device, 0, (int) size));
  }

  @Test
  void trim_anyAlignment_zeroesItsRangeOnly() throws Exception {
    byte[] expected = fill(6);
    long turn = 0;
    for (Range range : ranges()) {
      device.trim(range.offset, range.length, durability(++turn));
      Arrays.fill(expected, (int) range.offset, (int) range.end(), (byte) 0);
      checkAround(expected, range);
      expected = refill(expected, turn);
    }
    assertArrayEquals(expected, TestBytes.read(device, 0, (int) size));
  }

  @Test
  void zeroAndTrim_wholeDevice_readsAsZeros() throws Exception {
    fill(7);
    device.trim(0, size, Durability.CACHED);
    assertArrayEquals(new byte[(int) size], TestBytes.read(device, 0, (int) size));
    fill(8);
    device.zero(0, size, ZeroMode.PUNCH, Durability.FORCED);
    assertArrayEquals(new byte[(int) size], TestBytes.read(device, 0, (int) size));
    device.zero(0, size, ZeroMode.ALLOCATE, Durability.FORCED);
    assertArrayEquals(new byte[(int) size], TestBytes.read(device, 0, (int) size));
  }

  @Test
  void request_notInsideTheDevice_isRefusedAndHasNoEffect() throws Exception {
    byte[] expected = fill(9);
    long[][] outside = {
      {size, 1},
      {size - 1, 2},
      {0, size + 1},
      {size + 1, 0},
      {-1, 0},
      {-1, 1},
      {-1, 2},
      {0, -1},
      {1, -1},
      {Long.MAX_VALUE, 1},
      {Long.MAX_VALUE, Integer.MAX_VALUE},
      {Long.MIN_VALUE, 1},
      {Long.MAX_VALUE - 1000, 2000},
      {1, Integer.MAX_VALUE},
    };
    for (long[] range : outside) {
      checkRefused(range[0], range[1]);
    }
    for (long[] range : new long[][] {{1, Long.MAX_VALUE}, {size, Long.MAX_VALUE}, {0, 1L << 40}}) {
      checkLongRefused(range[0], range[1]);
    }
    assertArrayEquals(expected, TestBytes.read(device, 0, (int) size));
  }

  @Test
  void request_ofNoBytes_succeedsAndDoesNothing() throws Exception {
    byte[] expected = fill(10);
    MemorySegment buffer = TestBytes.buffer(true, 16, 0x55);
    for (long offset : new long[] {0, 1, 4096, size - 1, size}) {
      device.read(offset, buffer, 3, 0);
      device.write(offset, buffer, 3, 0, Durability.FORCED);
      device.zero(offset, 0, ZeroMode.ALLOCATE, Durability.CACHED);
      device.trim(offset, 0, Durability.CACHED);
      device.prefetch(offset, 0);
      device.tryRead(offset, buffer, 3, 0);
      device.tryWrite(offset, buffer, 3, 0);
      assertEquals(List.of(), device.extents(offset, 0, 1));
    }
    assertEquals(-1, TestBytes.buffer(true, 16, 0x55).mismatch(buffer));
    assertArrayEquals(expected, TestBytes.read(device, 0, (int) size));
  }

  @Test
  void extents_anyRange_adjoinAndKeepTheLimit() throws Exception {
    for (Range range : ranges()) {
      TestBytes.write(device, range.offset, TestBytes.pattern(range.offset, range.length));
      checkExtents(0, size, 1000);
      checkExtents(range.offset, range.length, 3);
      checkExtents(range.offset / 2, size - range.offset / 2, 1);
      device.trim(range.offset, range.length, Durability.CACHED);
      checkExtents(0, size, 1000);
    }
  }

  @Test
  void extents_ofWhatWasWritten_areData() throws Exception {
    TestBytes.write(device, 4096, TestBytes.pattern(1, 4096));
    device.flush();
    for (Extent extent : device.extents(4096, 4096, 100)) {
      assertEquals(Extent.State.DATA, extent.state());
    }
  }

  @Test
  void tryReadHole_ifItAnswersTrue_readsAsZeros() throws Exception {
    for (Range range : ranges()) {
      checkHole(range, false);
      TestBytes.write(device, range.offset, TestBytes.pattern(range.offset + 1, range.length));
      checkHole(range, true);
      checkHole(new Range(range.offset, 1), true);
      checkHole(new Range(range.end() - 1, 1), true);
      device.trim(range.offset, range.length, Durability.CACHED);
      checkHole(range, false);
    }
    checkHole(new Range(0, 0), false);
  }

  @Test
  void zeroesFast_anyRange_doesNothing() throws Exception {
    byte[] expected = fill(14);
    for (Range range : ranges()) {
      for (ZeroMode mode : ZeroMode.values()) {
        device.zeroesFast(range.offset, range.length, mode);
      }
    }
    assertArrayEquals(expected, TestBytes.read(device, 0, (int) size));
  }

  @Test
  void flush_afterChanges_changesNothingSeen() throws Exception {
    byte[] expected = fill(11);
    device.flush();
    device.flush();
    assertArrayEquals(expected, TestBytes.read(device, 0, (int) size));
  }

  @Test
  void tryReadAndTryWrite_ifTheyAnswerTrue_doAsReadAndWrite() throws Exception {
    byte[] expected = fill(12);
    long seed = 100;
    for (Range range : ranges()) {
      byte[] bytes = TestBytes.pattern(++seed, range.length);
      MemorySegment from = MemorySegment.ofArray(bytes).asReadOnly();
      if (device.tryWrite(range.offset, from, 0, range.length)) {
        System.arraycopy(bytes, 0, expected, (int) range.offset, range.length);
      }
      checkAround(expected, range);
      byte[] seen = new byte[range.length + 2 * MARGIN];
      if (device.tryRead(range.offset, MemorySegment.ofArray(seen), MARGIN, range.length)) {
        assertArrayEquals(
            Arrays.copyOfRange(expected, (int) range.offset, (int) range.end()),
            Arrays.copyOfRange(seen, MARGIN, MARGIN + range.length));
      }
      assertTrue(TestBytes.all(seen, 0, MARGIN, 0), "before the range");
      assertTrue(TestBytes.all(seen, MARGIN + range.length, seen.length, 0), "after the range");
    }
    assertArrayEquals(expected, TestBytes.read(device, 0, (int) size));
  }

  @Test
  void admitted_whatIsWrittenThere_isOnThisDevice() throws Exception {
    for (IoKind kind : IoKind.values()) {
      assertTrue(device.admit(kind, 0, 4096) >= 0);
    }
    BlockDevice admitted = device.admitted();
    assertEquals(size, admitted.sizeBytes());
    byte[] bytes = TestBytes.pattern(13, 10_000);
    TestBytes.write(admitted, 1000, bytes);
    assertArrayEquals(bytes, TestBytes.read(device, 1000, 10_000));
    assertArrayEquals(bytes, TestBytes.read(admitted, 1000, 10_000));
  }

  @Test
  void close_anyRequestAfterwards_isDetached() throws Exception {
    MemorySegment buffer = TestBytes.buffer(false, 4096, 0);
    device.close();
    device.close();
    assertDetached(() -> device.read(0, buffer, 0, 4096));
    assertDetached(() -> device.write(0, buffer, 0, 4096, Durability.CACHED));
    assertDetached(() -> device.write(0, buffer, 0, 4096, Durability.FORCED));
    assertDetached(() -> device.zero(0, 4096, ZeroMode.PUNCH, Durability.CACHED));
    assertDetached(() -> device.zero(0, 4096, ZeroMode.ALLOCATE, Durability.CACHED));
    assertDetached(() -> device.trim(0, 4096, Durability.CACHED));
    assertDetached(() -> device.extents(0, 4096, 1));
    assertDetached(device::flush);
    assertRefusedOrFalse(VolumeException.Detached.class, () -> device.tryRead(0, buffer, 0, 4096));
    assertRefusedOrFalse(VolumeException.Detached.class, () -> device.tryReadHole(0, 4096));
    assertRefusedOrFalse(VolumeException.Detached.class, () -> device.tryWrite(0, buffer, 0, 4096));
  }

  private void checkRefused(long offset, long length) throws Exception {
    MemorySegment buffer = TestBytes.buffer(true, 4096, 0x55);
    int narrow = (int) length;
    assertOutOfRange(false, () -> device.read(offset, buffer, 0, narrow));
    assertOutOfRange(true, () -> device.write(offset, buffer, 0, narrow, Durability.CACHED));
    assertRefusedOrFalse(
        VolumeException.OutOfRange.class, () -> device.tryRead(offset, buffer, 0, narrow));
    assertRefusedOrFalse(
        VolumeException.OutOfRange.class, () -> device.tryWrite(offset, buffer, 0, narrow));
    assertEquals(-1, TestBytes.buffer(true, 4096, 0x55).mismatch(buffer));
    checkLongRefused(offset, length);
  }

  private void checkLongRefused(long offset, long length) {
    for (ZeroMode mode : ZeroMode.values()) {
      assertOutOfRange(true, () -> device.zero(offset, length, mode, Durability.CACHED));
    }
    assertOutOfRange(true, () -> device.trim(offset, length, Durability.CACHED));
    assertOutOfRange(false, () -> device.extents(offset, length, 10));
    assertRefusedOrFalse(
        VolumeException.OutOfRange.class, () -> device.tryReadHole(offset, length));
  }

  private void checkExtents(long offset, long length, int limit) throws Exception {
    List<Extent> extents = device.extents(offset, length, limit);
    assertFalse(extents.isEmpty());
    assertTrue(extents.size() <= limit, () -> extents + " limit " + limit);
    long expected = offset;
    for (Extent extent : extents) {
      assertEquals(expected, extent.offset(), extents::toString);
      expected = extent.end();
      if (extent.state() != Extent.State.DATA) {
        byte[] bytes = TestBytes.read(device, extent.offset(), (int) extent.length());
        assertTrue(TestBytes.all(bytes, 0, bytes.length, 0), extent::toString);
      }
    }
    assertTrue(expected <= offset + length, extents::toString);
    assertTrue(extents.size() == limit || expected == offset + length, extents::toString);
  }

  private void checkHole(Range range, boolean written) throws Exception {
    if (device.tryReadHole(range.offset, range.length)) {
      assertFalse(written, range::toString);
      byte[] bytes = TestBytes.read(device, range.offset, range.length);
      assertTrue(TestBytes.all(bytes, 0, bytes.length, 0), range::toString);
    }
  }

  /// Compares a range and what lies beside it.
  private void checkAround(byte[] expected, Range range) throws Exception {
    int from = (int) Math.max(0, range.offset - 600);
    int to = (int) Math.min(size, range.end() + 600);
    assertArrayEquals(
        Arrays.copyOfRange(expected, from, to),
        TestBytes.read(device, from, to - from),
        range::toString);
  }

  private byte[] fill(long seed) throws Exception {
    byte[] bytes = TestBytes.pattern(seed, (int) size);
    TestBytes.write(device, 0, bytes);
    return bytes;
  }

  /// Fills the device anew now and then, so that there is something to zero.
  private byte[] refill(byte[] expected, long turn) throws Exception {
    return turn % 8 == 0 ? fill(turn) : expected;
  }

  private static Durability durability(long turn) {
    return turn % 16 == 0 ? Durability.FORCED : Durability.CACHED;
  }

  /// Ranges that begin and end on, just before and just after every boundary a device may have.
  private List<Range> ranges() {
    int[] boundaries = {0, 512, 4096, 8192, 65536, 65536 + 4096, 512 * 1024, 1024 * 1024};
    int[] lengths = {1, 511, 512, 513, 4096, 4097, 8192, 16384, 70_000};
    List<Range> ranges = new ArrayList<>();
    for (int boundary : boundaries) {
      for (int beside : new int[] {-512, -1, 0, 1, 512}) {
        for (int length : lengths) {
          ranges.add(new Range(boundary + beside, length));
        }
      }
    }
    for (int length : lengths) {
      ranges.add(new Range(size - length, length));
    }
    return ranges.stream().filter(r -> r.offset >= 0 && r.end() <= size).toList();
  }

  private static void assertOutOfRange(boolean write, Request request) {
    var e = assertThrows(VolumeException.OutOfRange.class, request::make);
    assertEquals(write, e.isWrite());
  }

  private static void assertDetached(Request request) {
    assertThrows(VolumeException.Detached.class, request::make);
  }

  private static void assertRefusedOrFalse(Class<? extends VolumeException> kind, Try request) {
    try {
      assertFalse(request.make());
    } catch (VolumeException e) {
      assertEquals(kind, e.getClass());
    }
  }

  private interface Request {
    void make() throws VolumeException;
  }

  private interface Try {
    boolean make() throws VolumeException;
  }

  private record Range(long offset, int length) {
    long end() {
      return offset + length;
    }
  }
}
