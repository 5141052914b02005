package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.MemoryDevice;
import dev.quarry.block.VolumeException;
import dev.quarry.volume.ChunkLayout;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class UsageRecorderTest {
  private static final long CHUNK = ChunkLayout.CHUNK_BYTES;

  private final UsageRecorder recorder = new UsageRecorder(Hints.NONE);

  @Test
  void reads_afterAnAttach_areTracedInTheirOrderOnce() {
    recorder.attached();
    recorder.read(5 * CHUNK + 7, 100);
    recorder.read(2 * CHUNK - 1, 2);
    recorder.read(5 * CHUNK, 4096);
    assertEquals(List.of(5L, 1L, 2L), recorder.hints().trace());
  }

  @Test
  void trace_ofTheLastAttach_replacesTheOneBefore() {
    recorder.read(0, 1);
    recorder.attached();
    assertEquals(List.of(0L), recorder.hints().trace(), "until something is read again");
    recorder.read(CHUNK, 1);
    assertEquals(List.of(1L), recorder.hints().trace());
  }

  @Test
  void trace_ofManyReads_isBounded() {
    recorder.read(0, (UsageRecorder.TRACED_CHUNKS + 10) * CHUNK);
    assertEquals(
        LongStream.range(0, UsageRecorder.TRACED_CHUNKS).boxed().toList(),
        recorder.hints().trace());
  }

  @Test
  void heat_fromSnapshotToSnapshot_fades() {
    long far = 3_000_000; // in another part of the map
    recorder.read(far * CHUNK, 1);
    recorder.read(6 * CHUNK, 1);
    for (int heat = 3; heat > 0; heat--) {
      Hints hints = recorder.hints();
      assertEquals(heat, hints.heatOf(far));
      assertEquals(heat, hints.heatOf(6));
      assertEquals(0, hints.heatOf(5) + hints.heatOf(7) + hints.heatOf(far - 1));
    }
    assertEquals(0, recorder.hints().heat().length, "nothing to keep");
    recorder.read(6 * CHUNK, 1);
    recorder.hints();
    recorder.read(6 * CHUNK, 1);
    assertEquals(3, recorder.hints().heatOf(6));
  }

  @Test
  void recorder_ofARestoredVolume_beginsWithWhatIsKnown() {
    recorder.read(9 * CHUNK, 1);
    recorder.read(8 * CHUNK, 1);
    UsageRecorder clones = new UsageRecorder(recorder.hints());
    clones.read(CHUNK * 2, 1);
    Hints hints = clones.hints();
    assertEquals(List.of(2L), hints.trace());
    assertEquals(3, hints.heatOf(9));
    assertEquals(
        List.of(9L, 8L),
        new UsageRecorder(new UsageRecorder(recorder.hints()).hints()).hints().trace());
  }

  @Test
  void device_recordsReadsOfEitherKindAndPassesThemOn() throws VolumeException {
    BlockDevice device = recorder.recording(MemoryDevice.create(4 * CHUNK));
    MemorySegment buffer = MemorySegment.ofArray(new byte[4096]);
    device.read(3 * CHUNK, buffer, 0, 4096);
    boolean done = device.tryRead(CHUNK, buffer, 0, 4096);
    device.admitted().read(0, buffer, 0, 512);
    assertThrows(VolumeException.class, () -> device.read(4 * CHUNK, buffer, 0, 4096));
    assertThrows(VolumeException.class, () -> device.read(-4096, buffer, 0, 4096));
    assertEquals(done ? List.of(3L, 1L, 0L) : List.of(3L, 0L), recorder.hints().trace());
  }
}
