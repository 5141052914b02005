package dev.quarry.volume;

import dev.quarry.block.VolumeException;
import dev.quarry.crypto.SectorCipher;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// How the sectors of an encrypted volume are stored: enciphered with their number as tweak, except
/// that **a sector stored as all zeros reads as zeros**. So holes need no table. A real sector that
/// enciphers to zeros is one in 2^4096.
///
/// Ranges are whole sectors. A request that comes late, when the key is closed already, is refused
/// like any other to a volume that is closed. Safe for use by many threads.
///
/// @param cipher the volume's
record StoredSectors(SectorCipher cipher) {
  private static final int SECTOR_BYTES = SectorCipher.SECTOR_BYTES;

  /// What a window of holes looks like.
  private static final MemorySegment ZEROS =
      MemorySegment.ofArray(new byte[SectorLocks.WINDOW_BYTES]).asReadOnly();

  /// Enciphers all sectors, also those of zeros, for storing at an offset of the volume.
  void encrypt(long offset, MemorySegment from, long at, MemorySegment to, long toAt, int length)
      throws VolumeException {
    try {
      cipher.encrypt(offset / SECTOR_BYTES, from, at, to, toAt, length);
    } catch (IllegalStateException e) {
      throw orClosed(e);
    }
  }

  /// Enciphers in place, for storing at an offset of the volume. Sectors of zeros stay what they
  /// are, and so take no space.
  void encipher(long offset, MemorySegment sectors, long at, int length) throws VolumeException {
    for (int from = skipZeros(sectors, at, 0, length); from < length; ) {
      int to = skipData(sectors, at, from, length);
      encrypt(offset + from, sectors, at + from, sectors, at + from, to - from);
      from = skipZeros(sectors, at, to, length);
    }
  }

  /// Deciphers in place what was stored at an offset of the volume, run by run between sectors of
  /// zeros.
  void decipher(long offset, MemorySegment sectors, long at, int length) throws VolumeException {
    for (int from = skipZeros(sectors, at, 0, length); from < length; ) {
      int to = skipData(sectors, at, from, length);
      decrypt(offset + from, sectors, at + from, to - from);
      from = skipZeros(sectors, at, to, length);
    }
  }

  private void decrypt(long offset, MemorySegment sectors, long at, int length)
      throws VolumeException {
    try {
      cipher.decrypt(offset / SECTOR_BYTES, sectors, at, sectors, at, length);
    } catch (IllegalStateException e) {
      throw orClosed(e);
    }
  }

  private VolumeException orClosed(IllegalStateException e) {
    if (cipher.closed()) {
      return new VolumeException.Detached("volume is closed");
    }
    throw e;
  }

  /// The first sector at or after `from` that is not zeros, or the end.
  private static int skipZeros(MemorySegment sectors, long at, int from, int length) {
    int next = from;
    while (next < length) {
      int zeros = leadingZeros(sectors, at + next, length - next);
      if (zeros == 0) {
        return next;
      }
      next += zeros;
    }
    return length;
  }

  /// The first sector after `from` that is zeros, or the end.
  private static int skipData(MemorySegment sectors, long at, int from, int length) {
    int next = from + SECTOR_BYTES;
    while (next < length && leadingZeros(sectors, at + next, length - next) == 0) {
      next += SECTOR_BYTES;
    }
    return next;
  }

  /// The length of the whole sectors of zeros with which a range of sectors begins, or of as many
  /// of them as a window has.
  static int leadingZeros(MemorySegment sectors, long at, int length) {
    if (sectors.get(ValueLayout.JAVA_LONG_UNALIGNED, at) != 0) {
      return 0; // an enciphered sector, but for one in 2^64
    }
    int most = Math.min(length, SectorLocks.WINDOW_BYTES);
    long zeros = MemorySegment.mismatch(sectors, at, at + most, ZEROS, 0, most);
    return zeros < 0 ? most : (int) (zeros / SECTOR_BYTES * SECTOR_BYTES);
  }
}
