package dev.quarry.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What many callers at a time may expect of a [BlockDevice]. Every test takes a third of a second.
public abstract class ConcurrentDeviceContract {
  private static final long RUN_NANOS = 300_000_000;
  private static final int BLOCKS = 4;

  /// A new, writable device that reads as zeros.
  protected abstract BlockDevice create(long sizeBytes) throws Exception;

  /// The size to test with, a little over 1 MiB and as odd as the device allows.
  protected long sizeBytes() {
    return 1_234_567;
  }

  @ParameterizedTest
  @ValueSource(ints = {4096, 8192, 16384})
  void write_alignedBlock_isSeenWhollyOrNotAtAll(int blockBytes) throws Exception {
    try (BlockDevice device = create(sizeBytes())) {
      List<Callable<Long>> tasks =
          List.of(
              () -> writeBlocks(device, blockBytes, 1),
              () -> writeBlocks(device, blockBytes, 2),
              () -> readBlocks(device, blockBytes, 3),
              () -> readBlocks(device, blockBytes, 4));
      for (long turns : runAll(tasks)) {
        assertTrue(turns > 0);
      }
    }
  }

  /// Each thread has its own stretch, which borders on the others' at odd offsets, and must see in
  /// it exactly what it did there.
  @Test
  void change_besideOthers_leavesTheirBytesAlone() throws Exception {
    try (BlockDevice device = create(sizeBytes())) {
      List<Callable<Long>> tasks = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        long seed = i;
        tasks.add(() -> changeOwnStretch(device, seed));
      }
      for (long turns : runAll(tasks)) {
        assertTrue(turns > 0);
      }
    }
  }

  private static long writeBlocks(BlockDevice device, int blockBytes, long seed) throws Exception {
    MemorySegment block = TestBytes.buffer(seed % 2 == 0, blockBytes, 0);
    SplittableRandom random = new SplittableRandom(seed);
    long end = System.nanoTime() + RUN_NANOS;
    long turns = 0;
    while (System.nanoTime() < end) {
      block.fill((byte) random.nextInt());
      long offset = (long) random.nextInt(BLOCKS) * blockBytes;
      if (turns % 2 == 0 || !device.tryWrite(offset, block, 0, blockBytes)) {
        device.write(offset, block, 0, blockBytes, Durability.CACHED);
      }
      turns++;
    }
    return turns;
  }

  private static long readBlocks(BlockDevice device, int blockBytes, long seed) throws Exception {
    MemorySegment block = TestBytes.buffer(seed % 2 == 0, blockBytes, 0);
    SplittableRandom random = new SplittableRandom(seed);
    long end = System.nanoTime() + RUN_NANOS;
    long turns = 0;
    while (System.nanoTime() < end) {
      long offset = (long) random.nextInt(BLOCKS) * blockBytes;
      if (turns % 2 == 0 || !device.tryRead(offset, block, 0, blockBytes)) {
        device.read(offset, block, 0, blockBytes);
      }
      byte first = block.get(ValueLayout.JAVA_BYTE, 0);
      for (int i = 1; i < blockBytes; i++) {
        if (block.get(ValueLayout.JAVA_BYTE, i) != first) {
          throw new AssertionError("torn block offset=" + offset + " at=" + i);
        }
      }
      turns++;
    }
    return turns;
  }

  private static long changeOwnStretch(BlockDevice device, long seed) throws Exception {
    int length = 100_001;
    long start = 77 + seed * length;
    byte[] expected = new byte[length];
    SplittableRandom random = new SplittableRandom(seed);
    long end = System.nanoTime() + RUN_NANOS;
    long turns = 0;
    while (System.nanoTime() < end) {
      int at = random.nextInt(length);
      int bytes = 1 + random.nextInt(Math.min(20_000, length - at));
      switch (random.nextInt(4)) {
        case 0, 1 -> {
          byte[] pattern = TestBytes.pattern(random.nextLong(), bytes);
          TestBytes.write(device, start + at, pattern);
          System.arraycopy(pattern, 0, expected, at, bytes);
        }
        case 2 -> {
          ZeroMode mode = ZeroMode.values()[random.nextInt(2)];
          device.zero(start + at, bytes, mode, Durability.CACHED);
          Arrays.fill(expected, at, at + bytes, (byte) 0);
        }
        default -> {
          device.trim(start + at, bytes, Durability.CACHED);
          Arrays.fill(expected, at, at + bytes, (byte) 0);
        }
      }
      byte[] seen = TestBytes.read(device, start, length);
      assertEquals(-1, TestBytes.firstDifference(expected, seen), "seed=" + seed);
      turns++;
    }
    return turns;
  }

  private static List<Long> runAll(List<Callable<Long>> tasks) throws Exception {
    try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
      List<Future<Long>> running = new ArrayList<>();
      for (Callable<Long> task : tasks) {
        running.add(threads.submit(task));
      }
      List<Long> results = new ArrayList<>();
      for (Future<Long> future : running) {
        results.add(future.get());
      }
      return results;
    }
  }
}
