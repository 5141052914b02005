package dev.quarry.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quarry.block.Durability;
import dev.quarry.block.VolumeException;
import dev.quarry.disk.Crash;
import dev.quarry.disk.SimulatedMachine;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a volume answers about its marks.
final class MarkScanTest {
  private static final int BLOCK = ChunkLayout.BLOCK_BYTES;
  private static final int CHUNK = ChunkLayout.CHUNK_BYTES;
  private static final long REGION = ChunkLayout.REGION_BYTES;
  private static final long SIZE = 3 * REGION;
  private static final int DOUBT = MarkRun.CHANGED | MarkRun.IN_DOUBT;

  private final SimulatedMachine machine = SimulatedMachine.create(1);

  private ChunkedDevice open(Origin origin, boolean machineCrashed) throws IOException {
    return ChunkedDevice.open(machine.disk(), SIZE, origin, machineCrashed);
  }

  private static void write(ChunkedDevice device, long offset, int length) throws IOException {
    MemorySegment bytes = MemorySegment.ofArray(new byte[length]).fill((byte) 7);
    device.write(offset, bytes, 0, length, Durability.CACHED);
  }

  private static MarkRun run(long length, int flags) {
    return new MarkRun(length, flags);
  }

  @Test
  void changed_nothingWritten_nothing() throws IOException {
    ChunkedDevice device = open(new Origin.Empty(), false);
    assertEquals(List.of(run(SIZE - 1, 0)), device.changed(1, SIZE - 1, 10));
  }

  @Test
  void changed_afterWrites_theirBlocks() throws IOException {
    ChunkedDevice device = open(new Origin.Empty(), false);
    write(device, CHUNK - 1, 2); // two blocks, in two chunks
    write(device, REGION + 3L * BLOCK, BLOCK);
    assertEquals(
        List.of(
            run(CHUNK - BLOCK, 0),
            run(2 * BLOCK, MarkRun.CHANGED),
            run(REGION - CHUNK - BLOCK + 3L * BLOCK, 0),
            run(BLOCK, MarkRun.CHANGED),
            run(SIZE - REGION - 4L * BLOCK, 0)),
        device.changed(0, SIZE, 10));
    assertEquals(
        List.of(run(100, MarkRun.CHANGED)), device.changed(CHUNK - 50, 100, 10), "inside a run");
    assertEquals(
        List.of(run(CHUNK - BLOCK, 0), run(2 * BLOCK, MarkRun.CHANGED)),
        device.changed(0, SIZE, 2),
        "no more than asked for");
  }

  @Test
  void changed_afterASnapshot_onlyWhatChangedSince() throws IOException {
    ChunkedDevice device = open(new Origin.Empty(), false);
    write(device, 0, BLOCK);
    long epoch;
    try (FrozenView view = device.freeze(0)) {
      epoch = view.epoch();
      write(device, 5L * BLOCK, BLOCK);
    }
    device.rebase(epoch);
    List<MarkRun> runs = device.changed(4L * BLOCK, SIZE - 4L * BLOCK, 10);
    assertEquals(run(BLOCK, 0), runs.get(0));
    assertEquals(run(BLOCK, MarkRun.CHANGED), runs.get(1));
    assertEquals(3, runs.size());
  }

  @Test
  void changed_afterALossOfPower_inDoubtByChunks() throws IOException {
    ChunkedDevice device = open(new Origin.Empty(), false);
    write(device, REGION, BLOCK);
    machine.crash();
    machine.restart(Crash.LOSE_ALL);
    device = open(new Origin.Empty(), true);
    assertEquals(
        List.of(run(REGION, 0), run(REGION, DOUBT), run(REGION, 0)), device.changed(0, SIZE, 10));
  }

  @Test
  void residency_ofAVolumeOfItsOwn_allHere() throws IOException {
    ChunkedDevice device = open(new Origin.Empty(), false);
    assertEquals(List.of(run(SIZE, 0)), device.residency(0, SIZE, 10));
  }

  @Test
  void residency_ofOneMadeFromASnapshot_whatWasFetchedOrWrittenIsHere() throws IOException {
    byte[] contents = new byte[4 * CHUNK];
    contents[CHUNK] = 1;
    ChunkedDevice device = open(new Origin.Cold(new FakeSource(contents)), false);
    assertEquals(List.of(run(SIZE, MarkRun.REMOTE)), device.residency(0, SIZE, 10));
    device.hydrate(1);
    write(device, 3L * CHUNK + BLOCK, BLOCK);
    assertEquals(
        List.of(
            run(CHUNK, MarkRun.REMOTE),
            run(CHUNK, 0),
            run(CHUNK + BLOCK, MarkRun.REMOTE),
            run(BLOCK, 0),
            run(SIZE - 3L * CHUNK - 2L * BLOCK, MarkRun.REMOTE)),
        device.residency(0, SIZE, 10));
  }

  @Test
  void marks_outsideOrClosed_refused() throws IOException {
    ChunkedDevice device = open(new Origin.Empty(), false);
    assertThrows(VolumeException.OutOfRange.class, () -> device.changed(SIZE, 1, 1));
    assertThrows(VolumeException.OutOfRange.class, () -> device.residency(SIZE, 1, 1));
    device.close();
    assertThrows(VolumeException.Detached.class, () -> device.changed(0, 1, 1));
    assertThrows(VolumeException.Detached.class, () -> device.residency(0, 1, 1));
  }
}
