package dev.quarry.volume;

import java.util.concurrent.locks.StampedLock;

/// Keeps changes of whole sectors and changes of parts of a sector apart.
///
/// A part of a sector is changed by reading, merging and writing it. What another caller writes to
/// the sector in between would be lost. So whoever changes whole sectors shares the lock of their
/// window, and whoever merges has it alone. Reads take none.
///
/// Locks of several windows are taken in ascending order; who has one alone waits for no other.
final class SectorLocks {
  /// The part of a volume that one lock guards. A piece of a write lies in one window.
  static final int WINDOW_BYTES = CipherScratch.BUFFER_BYTES;

  private static final int STRIPES = 64;

  private final StampedLock[] stripes = new StampedLock[STRIPES];

  SectorLocks() {
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new StampedLock();
    }
  }

  /// The lock of the window where an offset lies.
  StampedLock at(long offset) {
    return stripes[stripeOf(offset)];
  }

  /// Shares all windows of a range.
  void share(long offset, long length) {
    for (int stripe = 0; stripe < STRIPES; stripe++) {
      if (covers(offset, length, stripe)) {
        stripes[stripe].readLock();
      }
    }
  }

  void unshare(long offset, long length) {
    for (int stripe = 0; stripe < STRIPES; stripe++) {
      if (covers(offset, length, stripe)) {
        boolean held = stripes[stripe].tryUnlockRead();
        assert held;
      }
    }
  }

  private static boolean covers(long offset, long length, int stripe) {
    long windows = (offset + length - 1) / WINDOW_BYTES - offset / WINDOW_BYTES + 1;
    return windows >= STRIPES || Math.floorMod(stripe - stripeOf(offset), STRIPES) < windows;
  }

  private static int stripeOf(long offset) {
    return (int) (offset / WINDOW_BYTES % STRIPES);
  }
}
