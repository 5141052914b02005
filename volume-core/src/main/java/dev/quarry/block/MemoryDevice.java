package dev.quarry.block;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.StampedLock;

/// A device in memory, for tests and for embedding. It takes memory for the pages that were written
/// and none for the rest; what it holds is gone when it is closed.
///
/// One lock guards all pages: reads share it, changes hold it alone. That keeps writes of any size
/// whole towards readers, and is as fast as memory for one caller.
public final class MemoryDevice implements BlockDevice {
  private static final int PAGE_BYTES = 64 * 1024;

  private final StampedLock lock = new StampedLock();
  private final byte[][] pages; // guarded by lock; an absent page reads as zeros
  private final long sizeBytes;
  private boolean closed; // guarded by lock

  private MemoryDevice(long sizeBytes) {
    this.sizeBytes = sizeBytes;
    this.pages = new byte[Math.toIntExact((sizeBytes + PAGE_BYTES - 1) / PAGE_BYTES)][];
  }

  /// Makes a device that reads as zeros.
  public static MemoryDevice create(long sizeBytes) {
    if (sizeBytes < 0) {
      throw new IllegalArgumentException("negative size bytes=" + sizeBytes);
    }
    return new MemoryDevice(sizeBytes);
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public void read(long offset, MemorySegment into, long at, int length) throws VolumeException {
    long stamp = lock.readLock();
    try {
      copyOut(offset, into, at, length);
    } finally {
      lock.unlockRead(stamp);
    }
  }

  @Override
  public boolean tryRead(long offset, MemorySegment into, long at, int length)
      throws VolumeException {
    long stamp = lock.tryReadLock();
    if (stamp == 0) {
      return false;
    }
    try {
      copyOut(offset, into, at, length);
      return true;
    } finally {
      lock.unlockRead(stamp);
    }
  }

  @Override
  public boolean tryReadHole(long offset, long length) throws VolumeException {
    long stamp = lock.tryReadLock();
    if (stamp == 0) {
      return false;
    }
    try {
      checkOpen();
      Requests.checkRead(offset, length, sizeBytes);
      for (long from = offset; from < offset + length; ) {
        if (pages[pageIndex(from)] != null) {
          return false;
        }
        from = (from / PAGE_BYTES + 1) * PAGE_BYTES;
      }
      return length > 0;
    } finally {
      lock.unlockRead(stamp);
    }
  }

  /// Memory is zeroed faster than it is written.
  @Override
  public boolean zeroesFast(long offset, long length, ZeroMode mode) {
    return true;
  }

  @Override
  public void write(long offset, MemorySegment from, long at, int length, Durability durability)
      throws VolumeException {
    long stamp = lock.writeLock();
    try {
      copyIn(offset, from, at, length);
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  @Override
  public boolean tryWrite(long offset, MemorySegment from, long at, int length)
      throws VolumeException {
    long stamp = lock.tryWriteLock();
    if (stamp == 0) {
      return false;
    }
    try {
      copyIn(offset, from, at, length);
      return true;
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  @Override
  public void zero(long offset, long length, ZeroMode mode, Durability durability)
      throws VolumeException {
    clear(offset, length, mode);
  }

  @Override
  public void trim(long offset, long length, Durability durability) throws VolumeException {
    clear(offset, length, ZeroMode.PUNCH);
  }

  @Override
  public void flush() throws VolumeException {
    long stamp = lock.readLock();
    try {
      checkOpen();
    } finally {
      lock.unlockRead(stamp);
    }
  }

  @Override
  public List<Extent> extents(long offset, long length, int limit) throws VolumeException {
    long stamp = lock.readLock();
    try {
      checkOpen();
      Requests.checkRead(offset, length, sizeBytes);
      List<Extent> found = new ArrayList<>();
      for (long from = offset; from < offset + length && found.size() < limit; ) {
        long end = from;
        Extent.State state = stateOf(from);
        while (end < offset + length && stateOf(end) == state) {
          end = Math.min(offset + length, (end / PAGE_BYTES + 1) * PAGE_BYTES);
        }
        found.add(new Extent(from, end - from, state));
        from = end;
      }
      return found;
    } finally {
      lock.unlockRead(stamp);
    }
  }

  @Override
  public void close() {
    long stamp = lock.writeLock();
    try {
      closed = true;
      Arrays.fill(pages, null);
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  @Override
  public String toString() {
    return "MemoryDevice";
  }

  private void copyOut(long offset, MemorySegment into, long at, int length)
      throws VolumeException {
    checkOpen();
    Requests.checkRead(offset, length, sizeBytes);
    for (int done = 0; done < length; ) {
      byte[] page = pages[pageIndex(offset + done)];
      int inPage = (int) ((offset + done) % PAGE_BYTES);
      int step = Math.min(length - done, PAGE_BYTES - inPage);
      if (page == null) {
        into.asSlice(at + done, step).fill((byte) 0);
      } else {
        MemorySegment.copy(page, inPage, into, ValueLayout.JAVA_BYTE, at + done, step);
      }
      done += step;
    }
  }

  private void copyIn(long offset, MemorySegment from, long at, int length) throws VolumeException {
    checkOpen();
    Requests.checkWrite(offset, length, sizeBytes);
    for (int done = 0; done < length; ) {
      int inPage = (int) ((offset + done) % PAGE_BYTES);
      int step = Math.min(length - done, PAGE_BYTES - inPage);
      byte[] page = pageFor(offset + done);
      MemorySegment.copy(from, ValueLayout.JAVA_BYTE, at + done, page, inPage, step);
      done += step;
    }
  }

  private void clear(long offset, long length, ZeroMode mode) throws VolumeException {
    long stamp = lock.writeLock();
    try {
      checkOpen();
      Requests.checkWrite(offset, length, sizeBytes);
      for (long from = offset; from < offset + length; ) {
        int inPage = (int) (from % PAGE_BYTES);
        int step = (int) Math.min(offset + length - from, PAGE_BYTES - inPage);
        if (step == PAGE_BYTES && mode == ZeroMode.PUNCH) {
          pages[pageIndex(from)] = null;
        } else if (mode == ZeroMode.ALLOCATE || pages[pageIndex(from)] != null) {
          Arrays.fill(pageFor(from), inPage, inPage + step, (byte) 0);
        }
        from += step;
      }
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  private Extent.State stateOf(long offset) {
    return pages[pageIndex(offset)] == null ? Extent.State.HOLE : Extent.State.DATA;
  }

  private byte[] pageFor(long offset) {
    int index = pageIndex(offset);
    if (pages[index] == null) {
      pages[index] = new byte[PAGE_BYTES];
    }
    return pages[index];
  }

  private static int pageIndex(long offset) {
    return (int) (offset / PAGE_BYTES);
  }

  private void checkOpen() throws VolumeException {
    if (closed) {
      throw new VolumeException.Detached("device is closed");
    }
  }
}
