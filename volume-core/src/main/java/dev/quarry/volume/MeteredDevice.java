package dev.quarry.volume;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.Durability;
import dev.quarry.block.FilterBlockDevice;
import dev.quarry.block.IoKind;
import dev.quarry.block.VolumeException;
import dev.quarry.block.ZeroMode;
import dev.quarry.shaping.VolumeMetrics;
import java.lang.foreign.MemorySegment;

/// Counts what goes through a device, waits for limits included. Flushes are not counted: EBS has
/// no metric for them.
///
/// A request that a server has admitted and then carries out behind the limits counts its wait when
/// it is admitted and the rest when it is carried out.
final class MeteredDevice extends FilterBlockDevice {
  private final VolumeMetrics metrics;

  MeteredDevice(BlockDevice next, VolumeMetrics metrics) {
    super(next);
    this.metrics = metrics;
  }

  @Override
  public void read(long offset, MemorySegment into, long at, int length) throws VolumeException {
    long begun = metrics.begin();
    boolean done = false;
    try {
      next().read(offset, into, at, length);
      done = true;
    } finally {
      end(done, IoKind.READ, length, begun);
    }
  }

  @Override
  public boolean tryRead(long offset, MemorySegment into, long at, int length)
      throws VolumeException {
    long begun = metrics.begin();
    boolean done = false;
    try {
      done = next().tryRead(offset, into, at, length);
      return done;
    } finally {
      end(done, IoKind.READ, length, begun);
    }
  }

  @Override
  public boolean tryReadHole(long offset, long length) throws VolumeException {
    if (!next().tryReadHole(offset, length)) {
      return false; // most reads: they are measured when they read
    }
    metrics.done(IoKind.READ, length, metrics.begin());
    return true;
  }

  @Override
  public void write(long offset, MemorySegment from, long at, int length, Durability durability)
      throws VolumeException {
    long begun = metrics.begin();
    boolean done = false;
    try {
      next().write(offset, from, at, length, durability);
      done = true;
    } finally {
      end(done, IoKind.WRITE, length, begun);
    }
  }

  @Override
  public boolean tryWrite(long offset, MemorySegment from, long at, int length)
      throws VolumeException {
    long begun = metrics.begin();
    boolean done = false;
    try {
      done = next().tryWrite(offset, from, at, length);
      return done;
    } finally {
      end(done, IoKind.WRITE, length, begun);
    }
  }

  @Override
  public void zero(long offset, long length, ZeroMode mode, Durability durability)
      throws VolumeException {
    long begun = metrics.begin();
    boolean done = false;
    try {
      next().zero(offset, length, mode, durability);
      done = true;
    } finally {
      end(done, IoKind.ZERO, length, begun);
    }
  }

  @Override
  public void trim(long offset, long length, Durability durability) throws VolumeException {
    long begun = metrics.begin();
    boolean done = false;
    try {
      next().trim(offset, length, durability);
      done = true;
    } finally {
      end(done, IoKind.TRIM, length, begun);
    }
  }

  @Override
  public long admit(IoKind kind, long offset, long length) {
    long wait = next().admit(kind, offset, length);
    if (wait > 0) {
      metrics.held(kind, wait);
    }
    return wait;
  }

  @Override
  protected BlockDevice over(BlockDevice next) {
    return new MeteredDevice(next, metrics);
  }

  private void end(boolean done, IoKind kind, long length, long begun) {
    if (done) {
      metrics.done(kind, length, begun);
    } else {
      metrics.failed();
    }
  }
}
