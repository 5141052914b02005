package dev.quarry.snapshot;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.FilterBlockDevice;
import dev.quarry.block.Requests;
import dev.quarry.block.VolumeException;
import java.lang.foreign.MemorySegment;

/// Tells a [UsageRecorder] what is read. A read that fails tells as much of what is wanted as one
/// that does not.
final class RecordedDevice extends FilterBlockDevice {
  private final UsageRecorder recorder;

  RecordedDevice(BlockDevice next, UsageRecorder recorder) {
    super(next);
    this.recorder = recorder;
  }

  @Override
  public void read(long offset, MemorySegment into, long at, int length) throws VolumeException {
    record(offset, length);
    next().read(offset, into, at, length);
  }

  @Override
  public boolean tryRead(long offset, MemorySegment into, long at, int length)
      throws VolumeException {
    boolean done = next().tryRead(offset, into, at, length);
    if (done) {
      record(offset, length);
    }
    return done;
  }

  @Override
  protected BlockDevice over(BlockDevice next) {
    return new RecordedDevice(next, recorder);
  }

  private void record(long offset, int length) {
    if (length > 0 && Requests.inside(offset, length, sizeBytes())) {
      recorder.read(offset, length);
    }
  }
}
