package dev.quarry.nbd;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.Durability;
import dev.quarry.block.FilterBlockDevice;
import dev.quarry.block.VolumeException;
import dev.quarry.block.ZeroMode;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// A device where requests below an offset finish at once, and those at or above it, flushes, and
/// everything else have to wait until the gate is opened.
final class GatedDevice extends FilterBlockDevice {
  private final long slowFrom;
  private final List<String> log = new ArrayList<>(); // guarded by this
  private boolean open; // guarded by this
  private int waiting; // guarded by this

  GatedDevice(BlockDevice next, long slowFrom) {
    super(next);
    this.slowFrom = slowFrom;
  }

  /// Lets everything through, now and from now on.
  synchronized void open() {
    open = true;
    notifyAll();
  }

  /// How many requests stand at the gate.
  synchronized int waiting() {
    return waiting;
  }

  /// What was done, in the order in which it was done.
  synchronized List<String> log() {
    return List.copyOf(log);
  }

  private synchronized void pass(String what) {
    waiting++;
    while (!open) {
      try {
        wait();
      } catch (InterruptedException e) {
        throw new AssertionError("nobody may interrupt a thread that does I/O", e);
      }
    }
    waiting--;
    log.add(what);
  }

  @Override
  public void read(long offset, MemorySegment into, long at, int length) throws VolumeException {
    pass("read " + offset);
    super.read(offset, into, at, length);
  }

  @Override
  public void write(long offset, MemorySegment from, long at, int length, Durability durability)
      throws VolumeException {
    pass("write " + offset + " " + durability);
    super.write(offset, from, at, length, durability);
  }

  @Override
  public void zero(long offset, long length, ZeroMode mode, Durability durability)
      throws VolumeException {
    pass("zero " + offset + " " + length + " " + mode + " " + durability);
    super.zero(offset, length, mode, durability);
  }

  @Override
  public void trim(long offset, long length, Durability durability) throws VolumeException {
    pass("trim " + offset + " " + length + " " + durability);
    super.trim(offset, length, durability);
  }

  @Override
  public void flush() throws VolumeException {
    pass("flush");
    super.flush();
  }

  @Override
  public void prefetch(long offset, long length) throws VolumeException {
    pass("prefetch " + offset + " " + length);
    super.prefetch(offset, length);
  }

  @Override
  public boolean tryRead(long offset, MemorySegment into, long at, int length)
      throws VolumeException {
    return offset < slowFrom && super.tryRead(offset, into, at, length);
  }

  @Override
  public boolean tryWrite(long offset, MemorySegment from, long at, int length)
      throws VolumeException {
    return offset < slowFrom && super.tryWrite(offset, from, at, length);
  }

  @Override
  protected BlockDevice over(BlockDevice next) {
    throw new AssertionError("no limits below");
  }
}
