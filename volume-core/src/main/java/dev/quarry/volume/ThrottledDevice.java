package dev.quarry.volume;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.Durability;
import dev.quarry.block.FilterBlockDevice;
import dev.quarry.block.IoKind;
import dev.quarry.block.Requests;
import dev.quarry.block.VolumeException;
import dev.quarry.block.ZeroMode;
import dev.quarry.shaping.Throttle;
import dev.quarry.shaping.TimeSource;
import java.lang.foreign.MemorySegment;

/// Holds one connection, or the callers of one library user, to the limits of a volume. All devices
/// of a volume share its throttle; each has a flow of its own.
///
/// Reads and changes are charged; flushes, extents and prefetches are not. A request that does not
/// lie inside the device is not charged, for what is behind refuses it. One that fails behind the
/// limits stays charged.
///
/// Callers of the blocking methods go through one by one while one of them waits for a limit, in
/// the order they came, so that many callers of one device are to others as one connection is. A
/// caller of [#admit] keeps that rule itself: it admits no request while its last one waits.
final class ThrottledDevice extends FilterBlockDevice {
  private final Throttle.Flow flow;
  private final AdmissionLine line;

  ThrottledDevice(BlockDevice next, Throttle.Flow flow, TimeSource time) {
    this(next, flow, new AdmissionLine(flow, time));
  }

  private ThrottledDevice(BlockDevice next, Throttle.Flow flow, AdmissionLine line) {
    super(next);
    this.flow = flow;
    this.line = line;
  }

  @Override
  public void read(long offset, MemorySegment into, long at, int length) throws VolumeException {
    pass(IoKind.READ, offset, length);
    next().read(offset, into, at, length);
  }

  @Override
  public void write(long offset, MemorySegment from, long at, int length, Durability durability)
      throws VolumeException {
    pass(IoKind.WRITE, offset, length);
    next().write(offset, from, at, length, durability);
  }

  @Override
  public void zero(long offset, long length, ZeroMode mode, Durability durability)
      throws VolumeException {
    pass(IoKind.ZERO, offset, length);
    next().zero(offset, length, mode, durability);
  }

  @Override
  public void trim(long offset, long length, Durability durability) throws VolumeException {
    pass(IoKind.TRIM, offset, length);
    next().trim(offset, length, durability);
  }

  @Override
  public boolean tryRead(long offset, MemorySegment into, long at, int length)
      throws VolumeException {
    if (wouldWait(IoKind.READ, offset, length) || !next().tryRead(offset, into, at, length)) {
      return false;
    }
    charge(IoKind.READ, offset, length);
    return true;
  }

  @Override
  public boolean tryReadHole(long offset, long length) throws VolumeException {
    if (wouldWait(IoKind.READ, offset, length) || !next().tryReadHole(offset, length)) {
      return false;
    }
    charge(IoKind.READ, offset, length);
    return true;
  }

  @Override
  public boolean tryWrite(long offset, MemorySegment from, long at, int length)
      throws VolumeException {
    if (wouldWait(IoKind.WRITE, offset, length) || !next().tryWrite(offset, from, at, length)) {
      return false;
    }
    charge(IoKind.WRITE, offset, length);
    return true;
  }

  @Override
  public long admit(IoKind kind, long offset, long length) {
    return Math.max(charge(kind, offset, length), next().admit(kind, offset, length));
  }

  @Override
  public BlockDevice admitted() {
    return next().admitted();
  }

  @Override
  protected BlockDevice over(BlockDevice next) {
    return new ThrottledDevice(next, flow, line);
  }

  /// Charges a request and lets its wait pass.
  private void pass(IoKind kind, long offset, long length) {
    if (inside(offset, length)) {
      line.pass(kind, offset, length);
    }
  }

  private boolean wouldWait(IoKind kind, long offset, long length) {
    return inside(offset, length) && (line.isBusy() || !flow.wouldAdmit(kind, offset, length));
  }

  private long charge(IoKind kind, long offset, long length) {
    return inside(offset, length) ? flow.admit(kind, offset, length) : 0;
  }

  private boolean inside(long offset, long length) {
    return Requests.inside(offset, length, sizeBytes());
  }
}
