package dev.quarry.volume;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.Durability;
import dev.quarry.block.FilterBlockDevice;
import dev.quarry.block.Requests;
import dev.quarry.block.VolumeException;
import dev.quarry.block.ZeroMode;
import dev.quarry.crypto.SectorCipher;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.StampedLock;

/// Enciphers what is written to the device behind it and deciphers what is read, sector by sector
/// with the sector's number as tweak.
///
/// How sectors are stored is told in [StoredSectors]: what was never written, was zeroed or trimmed
/// stays zeros below, and goes there directly.
///
/// **Buffers.** Writes are enciphered into a [CipherScratch], the caller's bytes are not touched.
/// What lies in one window of [SectorLocks#WINDOW_BYTES] goes down in one call, so that the device
/// behind can keep it whole; larger writes go window by window. Reads of whole sectors are
/// deciphered where the caller wanted them.
///
/// **Parts of sectors** are written together with the rest of the sectors, which is read before,
/// under [SectorLocks].
///
/// The device behind must keep each sector whole towards readers, as all of ours do: one half of a
/// cipher block is no data. The key belongs to whoever opened the device, and is closed after it.
final class EncryptedDevice extends FilterBlockDevice {
  private static final int SECTOR_BYTES = SectorCipher.SECTOR_BYTES;
  private static final int BLOCK_BYTES = ChunkLayout.BLOCK_BYTES;

  private final StoredSectors sectors;
  private final CipherScratch scratch;
  private final SectorLocks locks;

  /// Puts a cipher in front of a device whose size is a whole number of sectors.
  EncryptedDevice(BlockDevice next, SectorCipher cipher, CipherScratch scratch) {
    this(next, new StoredSectors(cipher), scratch, new SectorLocks());
  }

  private EncryptedDevice(
      BlockDevice next, StoredSectors sectors, CipherScratch scratch, SectorLocks locks) {
    super(next);
    if (next.sizeBytes() % SECTOR_BYTES != 0) {
      throw new IllegalArgumentException("not whole sectors size=" + next.sizeBytes());
    }
    this.sectors = sectors;
    this.scratch = scratch;
    this.locks = locks;
  }

  @Override
  public void read(long offset, MemorySegment into, long at, int length) throws VolumeException {
    if (wholeSectors(offset, length) && inOneWindow(offset, length)) {
      readSectors(offset, into, at, length);
      return;
    }
    Requests.checkRead(offset, length, sizeBytes());
    int number = scratch.take();
    try {
      for (int done = 0; done < length; ) {
        int step = stepOf(offset + done, length - done);
        if (wholeSectors(offset + done, step)) {
          readSectors(offset + done, into, at + done, step);
        } else {
          MemorySegment sector = scratch.buffer(number);
          long start = sectorStart(offset + done);
          readSectors(start, sector, 0, SECTOR_BYTES);
          MemorySegment.copy(sector, offset + done - start, into, at + done, step);
        }
        done += step;
      }
    } finally {
      scratch.release(number);
    }
  }

  @Override
  public boolean tryRead(long offset, MemorySegment into, long at, int length)
      throws VolumeException {
    if (wholeSectors(offset, length) && inOneWindow(offset, length)) {
      return tryReadSectors(offset, into, at, length);
    }
    Requests.checkRead(offset, length, sizeBytes());
    int number = scratch.tryTake();
    if (number < 0) {
      return false;
    }
    try {
      for (int done = 0; done < length; ) {
        int step = stepOf(offset + done, length - done);
        if (!tryReadStep(number, offset + done, into, at + done, step)) {
          return false;
        }
        done += step;
      }
      return true;
    } finally {
      scratch.release(number);
    }
  }

  @Override
  public void write(long offset, MemorySegment from, long at, int length, Durability durability)
      throws VolumeException {
    Requests.checkWrite(offset, length, sizeBytes());
    int number = scratch.take();
    try {
      if (inOneWindow(offset, length)) {
        writePiece(number, offset, from, at, length, durability);
        return;
      }
      for (int done = 0; done < length; ) {
        int step = Math.min(length - done, leftInWindow(offset + done));
        writePiece(number, offset + done, from, at + done, step, Durability.CACHED);
        done += step;
      }
    } finally {
      scratch.release(number);
    }
    forceIfAsked(durability);
  }

  @Override
  public boolean tryWrite(long offset, MemorySegment from, long at, int length)
      throws VolumeException {
    Requests.checkWrite(offset, length, sizeBytes());
    if (!wholeSectors(offset, length) || !inOneWindow(offset, length)) {
      return false; // "nothing was written" could not be kept if the second piece had to wait
    }
    int number = scratch.tryTake();
    if (number < 0) {
      return false;
    }
    try {
      StampedLock lock = locks.at(offset);
      long stamp = lock.tryReadLock();
      if (stamp == 0) {
        return false;
      }
      try {
        sectors.encrypt(offset, from, at, scratch.buffer(number), 0, length);
        return next().tryWrite(offset, scratch.buffer(number), 0, length);
      } finally {
        lock.unlockRead(stamp);
      }
    } finally {
      scratch.release(number);
    }
  }

  @Override
  public void zero(long offset, long length, ZeroMode mode, Durability durability)
      throws VolumeException {
    clear(offset, length, durability, (o, l, d) -> next().zero(o, l, mode, d));
  }

  @Override
  public void trim(long offset, long length, Durability durability) throws VolumeException {
    clear(offset, length, durability, (o, l, d) -> next().trim(o, l, d));
  }

  @Override
  protected BlockDevice over(BlockDevice next) {
    return new EncryptedDevice(next, sectors, scratch, locks);
  }

  /// What makes whole sectors of the device behind read as zeros.
  private interface Clearing {
    void clear(long offset, long length, Durability durability) throws VolumeException;
  }

  /// A block of which a part of a sector stays is written in one piece, so that a crash leaves it
  /// as it was or as it should be; what lies between such blocks is cleared below.
  private void clear(long offset, long length, Durability durability, Clearing clearing)
      throws VolumeException {
    Requests.checkWrite(offset, length, sizeBytes());
    if (wholeSectors(offset, length)) {
      clearSectors(offset, length, durability, clearing);
      return;
    }
    long end = offset + length;
    long head =
        offset % SECTOR_BYTES == 0 ? offset : Math.min(end, blockStart(offset) + BLOCK_BYTES);
    long tail = end % SECTOR_BYTES == 0 ? end : Math.max(head, blockStart(end));
    int number = scratch.take();
    try {
      clearInBlock(number, offset, (int) (head - offset), clearing);
      if (tail > head) {
        clearSectors(head, tail - head, Durability.CACHED, clearing);
      }
      clearInBlock(number, tail, (int) (end - tail), clearing);
    } finally {
      scratch.release(number);
    }
    forceIfAsked(durability);
  }

  private void clearSectors(long offset, long length, Durability durability, Clearing clearing)
      throws VolumeException {
    if (length == 0) {
      clearing.clear(offset, 0, durability);
      return;
    }
    locks.share(offset, length);
    try {
      clearing.clear(offset, length, durability);
    } finally {
      locks.unshare(offset, length);
    }
  }

  /// Writes what lies in one window.
  private void writePiece(
      int number, long offset, MemorySegment from, long at, int length, Durability durability)
      throws VolumeException {
    MemorySegment buffer = scratch.buffer(number);
    if (!wholeSectors(offset, length)) {
      mergePiece(buffer, offset, from, at, length, durability);
      return;
    }
    sectors.encrypt(offset, from, at, buffer, 0, length);
    StampedLock lock = locks.at(offset);
    long stamp = lock.readLock();
    try {
      next().write(offset, buffer, 0, length, durability);
    } finally {
      lock.unlockRead(stamp);
    }
  }

  /// Writes bytes together with the rest of the sectors in which they begin and end.
  private void mergePiece(
      MemorySegment buffer,
      long offset,
      MemorySegment from,
      long at,
      int length,
      Durability durability)
      throws VolumeException {
    long start = sectorStart(offset);
    int around = sectorsAround(offset, length);
    StampedLock lock = locks.at(offset);
    long stamp = lock.writeLock();
    try {
      readEdges(buffer, start, offset, length, around);
      MemorySegment.copy(from, at, buffer, offset - start, length);
      sectors.encrypt(start, buffer, 0, buffer, 0, around);
      next().write(start, buffer, 0, around, durability);
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  /// Zeroes bytes of one block. Sectors in which nothing is left become stored zeros.
  private void clearInBlock(int number, long offset, int length, Clearing clearing)
      throws VolumeException {
    if (length == 0) {
      return;
    }
    MemorySegment buffer = scratch.buffer(number);
    long start = sectorStart(offset);
    int around = sectorsAround(offset, length);
    StampedLock lock = locks.at(offset);
    long stamp = lock.writeLock();
    try {
      readEdges(buffer, start, offset, length, around);
      buffer.asSlice(offset - start, length).fill((byte) 0);
      if (StoredSectors.leadingZeros(buffer, 0, around) == around) {
        clearing.clear(start, around, Durability.CACHED);
      } else {
        sectors.encipher(start, buffer, 0, SECTOR_BYTES);
        if (around > SECTOR_BYTES) {
          int last = around - SECTOR_BYTES;
          sectors.encipher(start + last, buffer, last, SECTOR_BYTES);
        }
        next().write(start, buffer, 0, around, Durability.CACHED);
      }
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  /// Reads the first and the last of the sectors around a range, where the range leaves a part of
  /// them out.
  private void readEdges(MemorySegment buffer, long start, long offset, int length, int around)
      throws VolumeException {
    boolean cutsFirst = offset > start;
    boolean cutsLast = offset + length < start + around;
    if (cutsFirst || (cutsLast && around == SECTOR_BYTES)) {
      readSectors(start, buffer, 0, SECTOR_BYTES);
    }
    if (cutsLast && around > SECTOR_BYTES) {
      int last = around - SECTOR_BYTES;
      readSectors(start + last, buffer, last, SECTOR_BYTES);
    }
  }

  private void readSectors(long offset, MemorySegment into, long at, int length)
      throws VolumeException {
    next().read(offset, into, at, length);
    sectors.decipher(offset, into, at, length);
  }

  private boolean tryReadSectors(long offset, MemorySegment into, long at, int length)
      throws VolumeException {
    if (!next().tryRead(offset, into, at, length)) {
      return false;
    }
    sectors.decipher(offset, into, at, length);
    return true;
  }

  private boolean tryReadStep(int number, long offset, MemorySegment into, long at, int length)
      throws VolumeException {
    if (wholeSectors(offset, length)) {
      return tryReadSectors(offset, into, at, length);
    }
    MemorySegment sector = scratch.buffer(number);
    long start = sectorStart(offset);
    if (!tryReadSectors(start, sector, 0, SECTOR_BYTES)) {
      return false;
    }
    MemorySegment.copy(sector, offset - start, into, at, length);
    return true;
  }

  private void forceIfAsked(Durability durability) throws VolumeException {
    if (durability == Durability.FORCED) {
      next().flush();
    }
  }

  /// The next piece of a read: whole sectors inside a window, or a part of one sector.
  private static int stepOf(long offset, int length) {
    int inSector = (int) (offset % SECTOR_BYTES);
    if (inSector != 0 || length < SECTOR_BYTES) {
      return Math.min(length, SECTOR_BYTES - inSector);
    }
    return Math.min(length / SECTOR_BYTES * SECTOR_BYTES, leftInWindow(offset));
  }

  private static int leftInWindow(long offset) {
    return (int) (SectorLocks.WINDOW_BYTES - offset % SectorLocks.WINDOW_BYTES);
  }

  /// The length of the whole sectors around a range.
  private static int sectorsAround(long offset, int length) {
    long end = sectorStart(offset + length + SECTOR_BYTES - 1);
    return (int) (end - sectorStart(offset));
  }

  private static long blockStart(long offset) {
    return offset / BLOCK_BYTES * BLOCK_BYTES;
  }

  private static long sectorStart(long offset) {
    return offset / SECTOR_BYTES * SECTOR_BYTES;
  }

  private static boolean wholeSectors(long offset, long length) {
    return (offset | length) % SECTOR_BYTES == 0;
  }

  private static boolean inOneWindow(long offset, int length) {
    return length <= leftInWindow(offset);
  }
}
