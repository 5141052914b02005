package dev.quarry.volume;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.Durability;
import dev.quarry.block.Extent;
import dev.quarry.block.FilterBlockDevice;
import dev.quarry.block.VolumeException;
import dev.quarry.block.ZeroMode;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A volume as one attachment sees it: its requests end with the attachment, and its closing closes
/// the attachment only. It also tells the volume of failed changes.
final class AttachedDevice extends FilterBlockDevice {
  private final Attachment attachment;

  AttachedDevice(Attachment attachment, BlockDevice shared) {
    super(shared);
    this.attachment = attachment;
  }

  @Override
  public void read(long offset, MemorySegment into, long at, int length) throws VolumeException {
    checkAttached();
    next().read(offset, into, at, length);
  }

  @Override
  public boolean tryRead(long offset, MemorySegment into, long at, int length)
      throws VolumeException {
    checkAttached();
    return next().tryRead(offset, into, at, length);
  }

  @Override
  public boolean tryReadHole(long offset, long length) throws VolumeException {
    checkAttached();
    return next().tryReadHole(offset, length);
  }

  @Override
  public void write(long offset, MemorySegment from, long at, int length, Durability durability)
      throws VolumeException {
    checkAttached();
    try {
      next().write(offset, from, at, length, durability);
    } catch (VolumeException.Unavailable e) {
      throw reported(e);
    }
  }

  @Override
  public boolean tryWrite(long offset, MemorySegment from, long at, int length)
      throws VolumeException {
    checkAttached();
    return next().tryWrite(offset, from, at, length);
  }

  @Override
  public void zero(long offset, long length, ZeroMode mode, Durability durability)
      throws VolumeException {
    checkAttached();
    try {
      next().zero(offset, length, mode, durability);
    } catch (VolumeException.Unavailable e) {
      throw reported(e);
    }
  }

  @Override
  public void trim(long offset, long length, Durability durability) throws VolumeException {
    checkAttached();
    try {
      next().trim(offset, length, durability);
    } catch (VolumeException.Unavailable e) {
      throw reported(e);
    }
  }

  @Override
  public void flush() throws VolumeException {
    checkAttached();
    try {
      next().flush();
    } catch (VolumeException.Unavailable e) {
      throw reported(e);
    }
  }

  @Override
  public List<Extent> extents(long offset, long length, int limit) throws VolumeException {
    checkAttached();
    return next().extents(offset, length, limit);
  }

  @Override
  public void prefetch(long offset, long length) throws VolumeException {
    checkAttached();
    next().prefetch(offset, length);
  }

  @Override
  protected BlockDevice over(BlockDevice next) {
    return new AttachedDevice(attachment, next);
  }

  @Override
  public void close() throws VolumeException {
    attachment.close();
  }

  private void checkAttached() throws VolumeException {
    if (attachment.closed()) {
      throw new VolumeException.Detached("attachment is closed volume=" + attachment.volume().id());
    }
  }

  private VolumeException reported(VolumeException e) {
    attachment.requestFailed(e);
    return e;
  }
}
