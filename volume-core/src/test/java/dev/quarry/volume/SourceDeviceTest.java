package dev.quarry.volume;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.Durability;
import dev.quarry.block.Extent;
import dev.quarry.block.TestBytes;
import dev.quarry.block.VolumeException;
import dev.quarry.block.ZeroMode;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class SourceDeviceTest {
  private static final int CHUNK = ChunkLayout.CHUNK_BYTES;

  private final byte[] contents = contents();
  private final FakeSource source = new FakeSource(contents);
  private final SourceCache cache = new SourceCache(3);
  private final SourceDevice device = new SourceDevice(source, cache);

  /// Six chunks and a half, of which the second and third are zeros.
  private static byte[] contents() {
    byte[] bytes = TestBytes.pattern(5, 6 * CHUNK + CHUNK / 2);
    Arrays.fill(bytes, CHUNK, 3 * CHUNK, (byte) 0);
    return bytes;
  }

  private byte[] read(long offset, int length) throws VolumeException {
    return TestBytes.read(device, offset, length);
  }

  @Test
  void read_anywhere_isWhatTheSourceHas() throws Exception {
    assertEquals(contents.length, device.sizeBytes());
    assertArrayEquals(contents, read(0, contents.length));
    for (int offset : new int[] {1, CHUNK - 3, 3 * CHUNK - 1, contents.length - 700}) {
      assertArrayEquals(Arrays.copyOfRange(contents, offset, offset + 700), read(offset, 700));
    }
    assertThrows(VolumeException.OutOfRange.class, () -> read(contents.length, 1));
  }

  @Test
  void read_again_fromMemoryAsFarAsItReaches() throws Exception {
    read(0, 1);
    read(100, 1);
    assertEquals(1, source.reads.get());
    read(0, contents.length);
    assertEquals(3, cache.size());
    int before = source.reads.get();
    read(0, 1);
    assertEquals(before + 1, source.reads.get());
  }

  @Test
  void read_zeros_notAskedOfTheSource() throws Exception {
    read(CHUNK, 2 * CHUNK);
    assertEquals(0, source.reads.get());
  }

  @Test
  void read_onwards_readsAhead() throws Exception {
    read(3L * CHUNK, 1);
    assertEquals(0, source.prefetches.get());
    read(4L * CHUNK, 1);
    assertEquals(2, source.prefetches.get()); // all there are
  }

  @Test
  void tryRead_onlyWhatIsInMemory() throws Exception {
    MemorySegment into = MemorySegment.ofArray(new byte[10]);
    assertFalse(device.tryRead(0, into, 0, 10));
    read(5, 1);
    assertTrue(device.tryRead(0, into, 0, 10));
    assertEquals(contents[9], into.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE)[9]);
    assertFalse(device.tryRead(CHUNK - 5, into, 0, 10));
  }

  @Test
  void read_sameChunkByTwo_readOnce() throws Exception {
    source.held = new CountDownLatch(1);
    CompletableFuture<byte[]> first = CompletableFuture.supplyAsync(() -> unchecked(0));
    CompletableFuture<byte[]> second = CompletableFuture.supplyAsync(() -> unchecked(1));
    source.held.countDown();
    assertEquals(contents[0], first.join()[0]);
    assertEquals(contents[1], second.join()[0]);
    assertEquals(1, source.reads.get());
  }

  private byte[] unchecked(long offset) {
    try {
      return read(offset, 1);
    } catch (VolumeException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void read_storeOutOfReach_failsAndWorksLater() throws Exception {
    source.failure.set(new VolumeException.Unavailable("no store", null));
    assertThrows(VolumeException.Unavailable.class, () -> read(0, 1));
    source.failure.set(null);
    assertEquals(contents[0], read(0, 1)[0]);
  }

  @Test
  void extents_byChunks_asTheIndexSays() throws Exception {
    assertEquals(
        List.of(
            new Extent(10, CHUNK - 10, Extent.State.DATA),
            new Extent(CHUNK, 2 * CHUNK, Extent.State.HOLE),
            new Extent(3L * CHUNK, contents.length - 3L * CHUNK, Extent.State.DATA)),
        device.extents(10, contents.length - 10, 9));
    assertEquals(1, device.extents(10, contents.length - 10, 1).size());
    assertEquals(0, source.reads.get());
  }

  @Test
  void change_anyKind_refused() throws Exception {
    assertTrue(device.readOnly());
    MemorySegment bytes = MemorySegment.ofArray(new byte[512]);
    assertThrows(
        VolumeException.ReadOnly.class, () -> device.write(0, bytes, 0, 512, Durability.FORCED));
    assertThrows(
        VolumeException.ReadOnly.class,
        () -> device.zero(0, 512, ZeroMode.PUNCH, Durability.CACHED));
    assertThrows(VolumeException.ReadOnly.class, () -> device.trim(0, 512, Durability.CACHED));
    device.flush();
  }

  @Test
  void close_always_forgetsItsChunksOnly() throws Exception {
    SourceDevice other = new SourceDevice(new FakeSource(contents), cache);
    read(0, 1);
    TestBytes.read(other, 0, 1);
    device.close();
    assertTrue(source.closed);
    assertEquals(1, cache.size());
    assertThrows(VolumeException.Detached.class, () -> read(0, 1));
    other.close();
  }
}
