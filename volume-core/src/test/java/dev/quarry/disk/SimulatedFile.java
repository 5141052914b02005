package dev.quarry.disk;

import dev.quarry.block.VolumeException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;

/// An open file of a [SimulatedMachine].
final class SimulatedFile implements DiskFile, SimulatedHandle {
  private final SimulatedMachine machine;
  private final int run;
  private final SimulatedContents contents;
  private final String name;
  private boolean closed; // guarded by machine

  SimulatedFile(SimulatedMachine machine, int run, SimulatedContents contents, String name) {
    this.machine = machine;
    this.run = run;
    this.contents = contents;
    this.name = name;
    machine.opened(this);
  }

  @Override
  public boolean shows(SimulatedContents other) {
    return contents == other;
  }

  @Override
  public long sizeBytes() throws VolumeException {
    synchronized (machine) {
      check();
      return contents.sizeBytes();
    }
  }

  @Override
  public void resize(long sizeBytes) throws VolumeException {
    synchronized (machine) {
      check();
      machine.step(
          Operation.CHANGE,
          "resize " + name,
          (part, random) -> {
            if (part == 2 || (part == 1 && random.nextBoolean())) {
              contents.resize(sizeBytes);
            }
          });
    }
  }

  @Override
  public void read(long offset, MemorySegment into, long at, int length) throws VolumeException {
    synchronized (machine) {
      checkInside(offset, length);
      machine.failIf(Operation.READ, SimulatedMachine.When.BEFORE_EFFECT, "read " + name);
      MemorySegment.copy(MemorySegment.ofArray(contents.get(offset, length)), 0, into, at, length);
    }
  }

  @Override
  public boolean tryRead(long offset, MemorySegment into, long at, int length)
      throws VolumeException {
    synchronized (machine) {
      checkInside(offset, length);
      if (machine.chance()) {
        into.asSlice(at, length / 2).fill((byte) 0x66); // "undefined bytes"
        return false;
      }
      read(offset, into, at, length);
      return true;
    }
  }

  @Override
  public void write(long offset, MemorySegment from, long at, int length) throws VolumeException {
    synchronized (machine) {
      checkInside(offset, length);
      byte[] bytes = from.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
      machine.step(
          Operation.WRITE,
          "write " + name + " offset=" + offset + " length=" + length,
          (part, random) -> {
            int done = (int) doneOf(part, offset, length, random);
            int fits = fitting(offset, done);
            contents.put(offset, Arrays.copyOf(bytes, fits));
            if (fits < done) {
              machine.checkSpace(1, name);
            }
          });
    }
  }

  @Override
  public void force() throws VolumeException {
    synchronized (machine) {
      check();
      machine.step(Operation.FORCE, "force " + name, contents.forcing());
    }
  }

  @Override
  public void punch(long offset, long length) throws VolumeException {
    synchronized (machine) {
      checkInside(offset, length);
      clear("punch ", offset, length, true);
    }
  }

  @Override
  public void zero(long offset, long length) throws VolumeException {
    synchronized (machine) {
      checkInside(offset, length);
      machine.checkSpace(contents.missingPages(offset, length), name);
      clear("zero ", offset, length, false);
    }
  }

  @Override
  public long nextData(long offset) throws VolumeException {
    synchronized (machine) {
      check();
      return contents.nextData(offset);
    }
  }

  @Override
  public long nextHole(long offset) throws VolumeException {
    synchronized (machine) {
      check();
      return contents.nextHole(offset);
    }
  }

  @Override
  public boolean clearsFast() {
    return true;
  }

  @Override
  public void prefetch(long offset, long length) throws VolumeException {
    synchronized (machine) {
      checkInside(offset, length);
    }
  }

  @Override
  public void close() throws VolumeException {
    synchronized (machine) {
      closed = true;
      machine.closed(this);
    }
  }

  @Override
  public String toString() {
    return name;
  }

  private void clear(String what, long offset, long length, boolean punch) throws VolumeException {
    machine.step(
        Operation.WRITE,
        what + name + " offset=" + offset + " length=" + length,
        (part, random) -> contents.clear(offset, doneOf(part, offset, length, random), punch));
  }

  /// How much of a change is done where it stops half-way: whole pages, as the kernel does it.
  private static long doneOf(int part, long offset, long length, SplittableRandom random) {
    if (part != 1) {
      return part == 0 ? 0 : length;
    }
    long page = SimulatedContents.PAGE_BYTES;
    long firstEnd = page - offset % page;
    if (firstEnd >= length) {
      return random.nextBoolean() ? length : 0;
    }
    long ends = (length - firstEnd) / page + 1;
    return firstEnd + random.nextLong(ends) * page;
  }

  /// How much of a write there is space for.
  private int fitting(long offset, int length) {
    for (int done = 0; done < length; ) {
      int step =
          (int)
              Math.min(
                  length - done,
                  SimulatedContents.PAGE_BYTES - (offset + done) % SimulatedContents.PAGE_BYTES);
      try {
        machine.checkSpace(contents.missingPages(offset, done + step), name);
      } catch (VolumeException _) {
        return done;
      }
      done += step;
    }
    return length;
  }

  private void checkInside(long offset, long length) throws VolumeException {
    check();
    if (offset < 0 || length < 0 || offset + length > contents.sizeBytes()) {
      throw new AssertionError(
          "outside the file %s offset=%d length=%d size=%d"
              .formatted(name, offset, length, contents.sizeBytes()));
    }
  }

  private void check() throws VolumeException {
    machine.checkUp(run);
    if (closed) {
      throw DiskErrors.closed(name);
    }
  }
}
