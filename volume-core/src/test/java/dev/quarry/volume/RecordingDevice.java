package dev.quarry.volume;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.Durability;
import dev.quarry.block.FilterBlockDevice;
import dev.quarry.block.VolumeException;
import dev.quarry.block.ZeroMode;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Writes down what reaches the device behind it, as `write 4096+512 CACHED`. For one thread.
final class RecordingDevice extends FilterBlockDevice {
  final List<String> calls = new ArrayList<>();

  /// Done before each write goes down.
  Hook beforeWrite = () -> {};

  interface Hook {
    void run() throws VolumeException;
  }

  RecordingDevice(BlockDevice next) {
    super(next);
  }

  @Override
  public void read(long offset, MemorySegment into, long at, int length) throws VolumeException {
    calls.add("read %d+%d".formatted(offset, length));
    next().read(offset, into, at, length);
  }

  @Override
  public void write(long offset, MemorySegment from, long at, int length, Durability durability)
      throws VolumeException {
    calls.add("write %d+%d %s".formatted(offset, length, durability));
    beforeWrite.run();
    next().write(offset, from, at, length, durability);
  }

  @Override
  public boolean tryWrite(long offset, MemorySegment from, long at, int length)
      throws VolumeException {
    calls.add("tryWrite %d+%d".formatted(offset, length));
    return next().tryWrite(offset, from, at, length);
  }

  @Override
  public void zero(long offset, long length, ZeroMode mode, Durability durability)
      throws VolumeException {
    calls.add("zero %d+%d %s %s".formatted(offset, length, mode, durability));
    next().zero(offset, length, mode, durability);
  }

  @Override
  public void trim(long offset, long length, Durability durability) throws VolumeException {
    calls.add("trim %d+%d %s".formatted(offset, length, durability));
    next().trim(offset, length, durability);
  }

  @Override
  public void flush() throws VolumeException {
    calls.add("flush");
    next().flush();
  }

  @Override
  protected BlockDevice over(BlockDevice next) {
    return new RecordingDevice(next);
  }
}
