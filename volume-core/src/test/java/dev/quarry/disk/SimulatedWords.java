package dev.quarry.disk;

import dev.quarry.block.VolumeException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// A mapped file of a [SimulatedMachine].
final class SimulatedWords implements MappedFile, SimulatedHandle {
  private final SimulatedMachine machine;
  private final int run;
  private final SimulatedContents contents;
  private final String name;
  private final long sizeBytes;
  private boolean closed; // guarded by machine

  SimulatedWords(SimulatedMachine machine, int run, SimulatedContents contents, String name) {
    this.machine = machine;
    this.run = run;
    this.contents = contents;
    this.name = name;
    this.sizeBytes = contents.sizeBytes();
    machine.opened(this);
  }

  @Override
  public boolean shows(SimulatedContents other) {
    return contents == other;
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public long get(long offset) {
    synchronized (machine) {
      check(offset);
      return word(contents.get(offset, Long.BYTES)).getLong(0);
    }
  }

  @Override
  public void set(long offset, long value) {
    synchronized (machine) {
      check(offset);
      if (!contents.hasPage(offset)) {
        throw new AssertionError("word set in a hole: " + name + " offset=" + offset);
      }
      machine.stepInMemory(
          "set " + name + " offset=" + offset,
          () -> contents.put(offset, word(new byte[Long.BYTES]).putLong(0, value).array()));
    }
  }

  @Override
  public boolean compareAndSet(long offset, long expected, long value) {
    synchronized (machine) {
      if (get(offset) != expected) {
        return false;
      }
      set(offset, value);
      return true;
    }
  }

  @Override
  public void allocate(long offset, long length) throws VolumeException {
    synchronized (machine) {
      checkInside(offset, length);
      machine.checkSpace(contents.missingPages(offset, length), name);
      machine.step(
          Operation.WRITE,
          "allocate " + name + " offset=" + offset,
          (part, random) -> {
            if (part == 2 || (part == 1 && random.nextBoolean())) {
              contents.allocate(offset, length);
            }
          });
    }
  }

  @Override
  public void force() throws VolumeException {
    synchronized (machine) {
      checkInside(0, 0);
      machine.step(Operation.FORCE, "force " + name, contents.forcing());
    }
  }

  @Override
  public void close() {
    synchronized (machine) {
      closed = true;
      machine.closed(this);
    }
  }

  @Override
  public String toString() {
    return name;
  }

  private void check(long offset) {
    checkInside(offset, Long.BYTES);
    if (offset % Long.BYTES != 0) {
      throw new AssertionError("not a word's offset: " + name + " offset=" + offset);
    }
  }

  private void checkInside(long offset, long length) {
    machine.checkUp(run);
    if (closed) {
      throw new AssertionError("used after it was closed: " + name);
    }
    if (offset < 0 || length < 0 || offset + length > sizeBytes) {
      throw new AssertionError("outside the file: " + name + " offset=" + offset);
    }
  }

  private static ByteBuffer word(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
