package dev.quarry.volume;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.Durability;
import dev.quarry.block.VolumeException;
import dev.quarry.block.ZeroMode;
import dev.quarry.disk.PosixDisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrozenViewTest {
  private static final int BLOCK = ChunkLayout.BLOCK_BYTES;
  private static final int CHUNK = ChunkLayout.CHUNK_BYTES;
  private static final long SIZE = 300L << 20;

  @TempDir Path folder;
  private PosixDisk disk;
  private ChunkedDevice device;

  @BeforeEach
  void open() throws IOException {
    disk = PosixDisk.open(folder);
    device = ChunkedDevice.open(disk, SIZE, new Origin.Empty(), false);
  }

  @AfterEach
  void close() throws IOException {
    device.close();
    assertEquals(List.of(), asides(disk), "views leave nothing behind");
  }

  @Test
  void read_afterLaterWrites_givesTheOldBytes() throws IOException {
    write(0, 3 * CHUNK, 1);
    try (FrozenView view = device.freeze(0)) {
      write(5 * BLOCK, 2 * BLOCK, 2);
      write(CHUNK - BLOCK, 2 * BLOCK, 3);
      write(5 * BLOCK, BLOCK, 4);
      assertArrayEquals(filled(CHUNK, 1), chunk(view, 0));
      assertArrayEquals(filled(CHUNK, 1), chunk(view, 1));
      assertEquals(4 * BLOCK, view.copiedBytes());
    }
    assertEquals(4, byteAt(5 * BLOCK));
    assertEquals(3, byteAt(CHUNK));
  }

  @Test
  void read_afterLaterTrimAndZero_givesTheOldBytes() throws IOException {
    write(0, 2 * CHUNK, 1);
    try (FrozenView view = device.freeze(0)) {
      device.trim(100, CHUNK, Durability.CACHED);
      device.zero(CHUNK + 4 * BLOCK, BLOCK, ZeroMode.ALLOCATE, Durability.CACHED);
      assertArrayEquals(filled(CHUNK, 1), chunk(view, 0));
      assertArrayEquals(filled(CHUNK, 1), chunk(view, 1));
    }
    assertEquals(0, byteAt(100));
    assertEquals(1, byteAt(99));
  }

  @Test
  void nextChanged_onFirstFreeze_namesWrittenChunksOnly() throws IOException {
    write(3L * CHUNK + 7, 1, 1);
    write(256L * CHUNK, BLOCK, 1);
    try (FrozenView view = device.freeze(0)) {
      assertEquals(List.of(3L, 256L), changed(view));
      assertEquals(new FrozenView.Change.Blocks(BlockMask.range(0, 0)), view.change(3));
      assertInstanceOf(FrozenView.Change.Unchanged.class, view.change(4));
    }
  }

  @Test
  void nextChanged_afterRebase_namesChangesSinceTheParentOnly() throws IOException {
    write(0, CHUNK, 1);
    write(CHUNK, CHUNK, 1);
    long parent = commitFreeze();
    write(CHUNK + 9 * BLOCK, BLOCK, 2);
    try (FrozenView view = device.freeze(parent)) {
      write(0, BLOCK, 3); // after the freeze: not this view's
      assertEquals(List.of(1L), changed(view));
      assertEquals(new FrozenView.Change.Blocks(BlockMask.range(9, 9)), view.change(1));
      assertInstanceOf(FrozenView.Change.Unchanged.class, view.change(0));
    }
  }

  @Test
  void change_afterAnAbortedSnapshot_holdsTheChangesOfBothEpochs() throws IOException {
    write(0, CHUNK, 1);
    long parent = commitFreeze();
    write(BLOCK, BLOCK, 2);
    device.freeze(parent).close(); // never committed
    write(7 * BLOCK, BLOCK, 3);
    try (FrozenView view = device.freeze(parent)) {
      assertEquals(
          new FrozenView.Change.Blocks(BlockMask.range(1, 1).or(BlockMask.range(7, 7))),
          view.change(0));
    }
  }

  @Test
  void change_whileLaterWritesGoOn_staysAsItWasAtTheFreeze() throws IOException {
    write(BLOCK, BLOCK, 1);
    try (FrozenView view = device.freeze(0)) {
      write(7 * BLOCK, BLOCK, 2);
      assertEquals(new FrozenView.Change.Blocks(BlockMask.range(1, 1)), view.change(0));
    }
  }

  @Test
  void change_withAParentOlderThanTheBase_namesWholeChunks() throws IOException {
    write(BLOCK, BLOCK, 1);
    commitFreeze();
    write(9 * BLOCK, BLOCK, 1);
    try (FrozenView view = device.freeze(0)) {
      assertEquals(new FrozenView.Change.Blocks(BlockMask.ALL), view.change(0));
    }
  }

  @Test
  void release_chunksBehind_copiesThemNoMore() throws IOException {
    write(0, 2 * CHUNK, 1);
    try (FrozenView view = device.freeze(0)) {
      view.release(1);
      write(0, CHUNK, 2);
      assertEquals(0, view.copiedBytes());
      write(CHUNK, BLOCK, 2);
      assertEquals(BLOCK, view.copiedBytes());
    }
  }

  @Test
  void twoViews_openAtOnce_keepTheirOwnInstants() throws IOException {
    write(0, CHUNK, 1);
    try (FrozenView first = device.freeze(0)) {
      write(BLOCK, BLOCK, 2);
      try (FrozenView second = device.freeze(0)) {
        write(BLOCK, BLOCK, 3);
        assertEquals(1, chunk(first, 0)[BLOCK]);
        assertEquals(2, chunk(second, 0)[BLOCK]);
        assertEquals(3, byteAt(BLOCK));
      }
    }
  }

  @Test
  void read_afterClose_isRefused() throws IOException {
    write(0, CHUNK, 1);
    FrozenView view = device.freeze(0);
    view.close();
    assertThrows(VolumeException.Detached.class, () -> chunk(view, 0));
  }

  @Test
  void freeze_withParentNotYetEnded_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> device.freeze(1).close());
    assertThrows(IllegalArgumentException.class, () -> device.freeze(-2).close());
  }

  @Test
  void marks_afterReopening_areKept() throws IOException {
    write(0, CHUNK, 1);
    long parent = commitFreeze();
    write(5 * BLOCK, BLOCK, 2);
    device.close();
    device = ChunkedDevice.open(disk, SIZE, new Origin.Empty(), false);
    try (FrozenView view = device.freeze(parent)) {
      assertEquals(new FrozenView.Change.Blocks(BlockMask.range(5, 5)), view.change(0));
    }
  }

  @Test
  void marks_afterAMachineCrash_putTouchedRegionsInDoubt() throws IOException {
    write(0, BLOCK, 1);
    write(ChunkLayout.REGION_BYTES, BLOCK, 1);
    commitFreeze();
    long parent = commitFreeze(); // a freeze arms what the epoch before it used
    write(ChunkLayout.REGION_BYTES + 3 * BLOCK, BLOCK, 2);
    device.close();
    device = ChunkedDevice.open(disk, SIZE, new Origin.Empty(), true);
    try (FrozenView view = device.freeze(parent)) {
      assertInstanceOf(FrozenView.Change.Unchanged.class, view.change(0));
      List<Long> changed = changed(view);
      assertEquals(256, changed.size());
      for (long chunk : changed) {
        assertInstanceOf(FrozenView.Change.InDoubt.class, view.change(chunk));
      }
      assertEquals(256L, changed.getFirst());
    }
  }

  @Test
  void freeze_underConcurrentWriters_isOneInstant() throws Exception {
    // Each writer writes ascending numbers to block A, then to block B. At any instant B's number
    // is
    // not greater than A's, and A's at most one ahead.
    write(0, 4 * CHUNK, 0);
    AtomicBoolean stop = new AtomicBoolean();
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              try {
                for (long n = 1; !stop.get(); n++) {
                  writeNumber(device, 0, n);
                  writeNumber(device, 3L * CHUNK, n);
                }
              } catch (VolumeException e) {
                throw new AssertionError(e);
              }
            });
    try {
      for (int i = 0; i < 50; i++) {
        try (FrozenView view = device.freeze(0)) {
          long b = numberIn(chunk(view, 3));
          long a = numberIn(chunk(view, 0));
          assertTrue(a == b || a == b + 1, "a=" + a + " b=" + b);
        }
      }
    } finally {
      stop.set(true);
      writer.join();
    }
    assertFalse(writer.isAlive());
  }

  @Test
  void read_whileTheChunkIsWritten_givesTheOldBytes() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    write(0, CHUNK, 1);
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              try {
                for (int n = 0; !stop.get(); n++) {
                  write((n * 37 % 127) * (long) BLOCK, 2 * BLOCK, 2 + n % 100);
                }
              } catch (VolumeException e) {
                throw new AssertionError(e);
              }
            });
    try {
      for (int i = 0; i < 100; i++) {
        try (FrozenView view = device.freeze(0)) {
          byte[] first = chunk(view, 0);
          assertArrayEquals(first, chunk(view, 0), "round " + i);
          assertArrayEquals(first, chunk(view, 0), "round " + i);
        }
      }
    } finally {
      stop.set(true);
      writer.join();
    }
  }

  @Test
  void freezeTogether_underAWriterOfBoth_isOneInstant() throws Exception {
    try (ChunkedDevice other =
        ChunkedDevice.open(disk.folder("other"), SIZE, new Origin.Empty(), false)) {
      writeNumber(device, 0, 0); // a chunk that never changed is not kept
      writeNumber(other, 0, 0);
      AtomicBoolean stop = new AtomicBoolean();
      Thread writer =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  for (long n = 1; !stop.get(); n++) {
                    writeNumber(device, 0, n);
                    writeNumber(other, 0, n);
                  }
                } catch (VolumeException e) {
                  throw new AssertionError(e);
                }
              });
      try {
        for (int i = 0; i < 50; i++) {
          List<FrozenView> views =
              ChunkedDevice.freezeTogether(
                  List.of(
                      new ChunkedDevice.FreezeRequest(device, 0),
                      new ChunkedDevice.FreezeRequest(other, 0)));
          long a = numberIn(chunk(views.get(0), 0));
          long b = numberIn(chunk(views.get(1), 0));
          assertTrue(a == b || a == b + 1, "a=" + a + " b=" + b);
          views.get(0).close();
          views.get(1).close();
        }
      } finally {
        stop.set(true);
        writer.join();
      }
    }
  }

  @Test
  void freezeTogether_withOneThatCannotBe_leavesNothingBehind() throws IOException {
    try (ChunkedDevice other =
        ChunkedDevice.open(disk.folder("other"), SIZE, new Origin.Empty(), false)) {
      assertThrows(
          IllegalArgumentException.class,
          () ->
              ChunkedDevice.freezeTogether(
                  List.of(
                      new ChunkedDevice.FreezeRequest(device, 0),
                      new ChunkedDevice.FreezeRequest(other, 99))));
      assertEquals(List.of(), asides(disk));
      write(0, BLOCK, 1); // and the gates are open
    }
  }

  private static List<String> asides(PosixDisk disk) throws IOException {
    return disk.files().stream().filter(name -> name.startsWith("frozen")).toList();
  }

  private long commitFreeze() throws IOException {
    try (FrozenView view = device.freeze(device.table().base())) {
      device.table().rebase(view.epoch());
      return view.epoch();
    }
  }

  private void write(long offset, int length, int value) throws VolumeException {
    device.write(
        offset, MemorySegment.ofArray(filled(length, value)), 0, length, Durability.CACHED);
  }

  private static void writeNumber(ChunkedDevice device, long offset, long number)
      throws VolumeException {
    byte[] block = new byte[BLOCK];
    MemorySegment.ofArray(block).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, number);
    device.write(offset, MemorySegment.ofArray(block), 0, BLOCK, Durability.CACHED);
  }

  private static long numberIn(byte[] chunk) {
    return MemorySegment.ofArray(chunk).get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
  }

  private int byteAt(long offset) throws VolumeException {
    byte[] one = new byte[1];
    device.read(offset, MemorySegment.ofArray(one), 0, 1);
    return one[0];
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static byte[] chunk(FrozenView view, long chunk) throws VolumeException {
    byte[] bytes = new byte[CHUNK];
    int length = view.read(chunk, MemorySegment.ofArray(bytes), 0);
    return Arrays.copyOf(bytes, length);
  }

  private static List<Long> changed(FrozenView view) throws VolumeException {
    List<Long> found = new ArrayList<>();
    long end = ChunkLayout.chunkCount(view.sizeBytes());
    for (long chunk = view.nextChanged(0); chunk < end; chunk = view.nextChanged(chunk + 1)) {
      found.add(chunk);
    }
    return found;
  }
}
