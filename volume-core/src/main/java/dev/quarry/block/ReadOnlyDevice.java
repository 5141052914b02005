package dev.quarry.block;

import java.lang.foreign.MemorySegment;

/// A device that refuses every change.
public final class ReadOnlyDevice extends FilterBlockDevice {

  public ReadOnlyDevice(BlockDevice next) {
    super(next);
  }

  @Override
  public boolean readOnly() {
    return true;
  }

  @Override
  public void write(long offset, MemorySegment from, long at, int length, Durability durability)
      throws VolumeException {
    throw refused(offset, length);
  }

  @Override
  public void zero(long offset, long length, ZeroMode mode, Durability durability)
      throws VolumeException {
    throw refused(offset, length);
  }

  @Override
  public void trim(long offset, long length, Durability durability) throws VolumeException {
    throw refused(offset, length);
  }

  @Override
  public boolean tryWrite(long offset, MemorySegment from, long at, int length)
      throws VolumeException {
    throw refused(offset, length);
  }

  @Override
  protected BlockDevice over(BlockDevice next) {
    return new ReadOnlyDevice(next);
  }

  private VolumeException refused(long offset, long length) {
    return new VolumeException.ReadOnly(
        "device is read-only offset=" + offset + " length=" + length);
  }
}
