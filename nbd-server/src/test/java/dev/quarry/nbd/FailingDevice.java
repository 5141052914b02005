package dev.quarry.nbd;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.Durability;
import dev.quarry.block.FilterBlockDevice;
import dev.quarry.block.VolumeException;
import dev.quarry.block.ZeroMode;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/// A device on which every request fails in the same way: with a [VolumeException], or, if it
/// supplies one, a bug.
final class FailingDevice extends FilterBlockDevice {
  private final boolean atOnce;
  private final Supplier<Throwable> failure;

  /// @param atOnce whether a request fails when it is tried, or only when it may wait
  FailingDevice(BlockDevice next, boolean atOnce, Supplier<Throwable> failure) {
    super(next);
    this.atOnce = atOnce;
    this.failure = failure;
  }

  private void fail() throws VolumeException {
    switch (failure.get()) {
      case VolumeException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new AssertionError(e);
    }
  }

  private boolean tried() throws VolumeException {
    if (atOnce) {
      fail();
    }
    return false;
  }

  @Override
  public void read(long offset, MemorySegment into, long at, int length) throws VolumeException {
    fail();
  }

  @Override
  public void write(long offset, MemorySegment from, long at, int length, Durability durability)
      throws VolumeException {
    fail();
  }

  @Override
  public void zero(long offset, long length, ZeroMode mode, Durability durability)
      throws VolumeException {
    fail();
  }

  @Override
  public void trim(long offset, long length, Durability durability) throws VolumeException {
    fail();
  }

  @Override
  public void flush() throws VolumeException {
    fail();
  }

  @Override
  public void prefetch(long offset, long length) throws VolumeException {
    fail();
  }

  @Override
  public boolean tryRead(long offset, MemorySegment into, long at, int length)
      throws VolumeException {
    return tried();
  }

  @Override
  public boolean tryWrite(long offset, MemorySegment from, long at, int length)
      throws VolumeException {
    return tried();
  }

  @Override
  protected BlockDevice over(BlockDevice next) {
    throw new AssertionError("no limits below");
  }
}
