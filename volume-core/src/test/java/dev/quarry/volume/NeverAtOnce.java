package dev.quarry.volume;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.FilterBlockDevice;
import java.lang.foreign.MemorySegment;

/// A device that has to wait for everything.
final class NeverAtOnce extends FilterBlockDevice {

  NeverAtOnce(BlockDevice next) {
    super(next);
  }

  @Override
  public boolean tryRead(long offset, MemorySegment into, long at, int length) {
    return false;
  }

  @Override
  public boolean tryWrite(long offset, MemorySegment from, long at, int length) {
    return false;
  }

  @Override
  protected BlockDevice over(BlockDevice next) {
    return new NeverAtOnce(next);
  }
}
