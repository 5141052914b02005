package dev.quarry.volume;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.Durability;
import dev.quarry.block.Extent;
import dev.quarry.block.ZeroMode;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A device that does nothing at once: what is left is what stands in front of it.
final class NothingDevice implements BlockDevice {
  private final long sizeBytes;

  NothingDevice(long sizeBytes) {
    this.sizeBytes = sizeBytes;
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public void read(long offset, MemorySegment into, long at, int length) {}

  @Override
  public boolean tryRead(long offset, MemorySegment into, long at, int length) {
    return true;
  }

  @Override
  public void write(long offset, MemorySegment from, long at, int length, Durability durability) {}

  @Override
  public boolean tryWrite(long offset, MemorySegment from, long at, int length) {
    return true;
  }

  @Override
  public void zero(long offset, long length, ZeroMode mode, Durability durability) {}

  @Override
  public void trim(long offset, long length, Durability durability) {}

  @Override
  public void flush() {}

  @Override
  public List<Extent> extents(long offset, long length, int limit) {
    return List.of(new Extent(offset, length, Extent.State.DATA));
  }

  @Override
  public void close() {}
}
