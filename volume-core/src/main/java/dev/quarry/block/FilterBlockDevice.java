package dev.quarry.block;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// A device in front of another. It passes everything on; a filter overrides what it changes.
///
/// A filter that changes what [#read] or [#write] does must override [#tryRead], [#tryReadHole] and
/// [#tryWrite] with it, so that all ways show one device.
public abstract class FilterBlockDevice implements BlockDevice {
  private final BlockDevice next;

  protected FilterBlockDevice(BlockDevice next) {
    this.next = next;
  }

  /// The device behind this one.
  protected final BlockDevice next() {
    return next;
  }

  @Override
  public long sizeBytes() {
    return next.sizeBytes();
  }

  @Override
  public boolean readOnly() {
    return next.readOnly();
  }

  @Override
  public void read(long offset, MemorySegment into, long at, int length) throws VolumeException {
    next.read(offset, into, at, length);
  }

  @Override
  public void write(long offset, MemorySegment from, long at, int length, Durability durability)
      throws VolumeException {
    next.write(offset, from, at, length, durability);
  }

  @Override
  public void zero(long offset, long length, ZeroMode mode, Durability durability)
      throws VolumeException {
    next.zero(offset, length, mode, durability);
  }

  @Override
  public void trim(long offset, long length, Durability durability) throws VolumeException {
    next.trim(offset, length, durability);
  }

  @Override
  public void flush() throws VolumeException {
    next.flush();
  }

  @Override
  public List<Extent> extents(long offset, long length, int limit) throws VolumeException {
    return next.extents(offset, length, limit);
  }

  @Override
  public void prefetch(long offset, long length) throws VolumeException {
    next.prefetch(offset, length);
  }

  @Override
  public boolean tryRead(long offset, MemorySegment into, long at, int length)
      throws VolumeException {
    return next.tryRead(offset, into, at, length);
  }

  @Override
  public boolean tryReadHole(long offset, long length) throws VolumeException {
    return next.tryReadHole(offset, length);
  }

  @Override
  public boolean zeroesFast(long offset, long length, ZeroMode mode) {
    return next.zeroesFast(offset, length, mode);
  }

  @Override
  public boolean tryWrite(long offset, MemorySegment from, long at, int length)
      throws VolumeException {
    return next.tryWrite(offset, from, at, length);
  }

  @Override
  public long admit(IoKind kind, long offset, long length) {
    return next.admit(kind, offset, length);
  }

  /// The same filter in front of `next`, sharing all its state with this one.
  protected abstract BlockDevice over(BlockDevice next);

  @Override
  public BlockDevice admitted() {
    BlockDevice behind = next.admitted();
    return behind == next ? this : over(behind);
  }

  @Override
  public void close() throws VolumeException {
    next.close();
  }

  /// The nest of names from this filter inwards, such as `ReadOnlyDevice(MemoryDevice)`.
  @Override
  public String toString() {
    return getClass().getSimpleName() + "(" + next + ")";
  }
}
