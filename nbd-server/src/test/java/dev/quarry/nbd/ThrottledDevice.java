package dev.quarry.nbd;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.Durability;
import dev.quarry.block.FilterBlockDevice;
import dev.quarry.block.IoKind;
import dev.quarry.block.ZeroMode;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;

/// A device whose limits make requests wait as long as a function of their offset says. It refuses
/// to be used other than by asking its limits first.
final class ThrottledDevice extends FilterBlockDevice {
  private final LongUnaryOperator waitNanos;
  private final List<String> charged = new ArrayList<>(); // guarded by this

  ThrottledDevice(BlockDevice next, LongUnaryOperator waitNanos) {
    super(next);
    this.waitNanos = waitNanos;
  }

  /// What was charged, in order.
  synchronized List<String> charged() {
    return List.copyOf(charged);
  }

  @Override
  public synchronized long admit(IoKind kind, long offset, long length) {
    charged.add(kind + " " + offset + " " + length);
    return waitNanos.applyAsLong(offset);
  }

  @Override
  public BlockDevice admitted() {
    return next();
  }

  private static AssertionError unasked() {
    return new AssertionError("the limits were not asked");
  }

  @Override
  public void read(long offset, MemorySegment into, long at, int length) {
    throw unasked();
  }

  @Override
  public void write(long offset, MemorySegment from, long at, int length, Durability durability) {
    throw unasked();
  }

  @Override
  public void zero(long offset, long length, ZeroMode mode, Durability durability) {
    throw unasked();
  }

  @Override
  public void trim(long offset, long length, Durability durability) {
    throw unasked();
  }

  @Override
  public boolean tryRead(long offset, MemorySegment into, long at, int length) {
    throw unasked();
  }

  @Override
  public boolean tryWrite(long offset, MemorySegment from, long at, int length) {
    throw unasked();
  }

  @Override
  protected BlockDevice over(BlockDevice next) {
    throw new AssertionError("no limits below");
  }
}
