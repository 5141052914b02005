package dev.quarry.crypto;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// AES-256-XTS over 512-byte sectors (IEEE 1619-2018): the cipher of an encrypted volume.
///
/// The data unit is the sector of 512 bytes; the tweak is its number as a little-endian 128-bit
/// integer, of which the lower 64 bits are used: what OpenSSL's `aes-256-xts`, dm-crypt's
/// `aes-xts-plain64` and LUKS produce. XTS hides contents and keeps lengths; it does not detect
/// changes made below it (snapshots are sealed with AES-GCM, which does).
///
/// Source and target may be the same place, or must not overlap. Lengths are bytes and multiples of
/// 512. Buffers may be on or off the heap.
///
/// Safe for use by many threads; each call takes one of a bounded number of lanes and, if all are
/// in use, yields until one is free. Lanes are made at first use; later calls allocate nothing. Use
/// after close throws IllegalStateException. It is closed by the [DataKey] it came from.
public final class SectorCipher {
  /// The data unit, in bytes.
  public static final int SECTOR_BYTES = XtsLane.SECTOR_BYTES;

  /// Two AES-256 keys: for the data, then for the tweaks.
  static final int KEY_BYTES = 64;

  private static final int HALF_BYTES = KEY_BYTES / 2;

  private final SecretMemory memory;
  private final int keyOffset;
  private final AtomicReferenceArray<XtsLane> lanes;
  private final Object creation = new Object();
  private volatile boolean closed; // set under creation

  /// A cipher under the 64 bytes at an offset of a memory that outlives it.
  SectorCipher(SecretMemory memory, int keyOffset, int laneCount) {
    this.memory = memory;
    this.keyOffset = keyOffset;
    this.lanes = new AtomicReferenceArray<>(laneCount);
  }

  /// Enciphers whole sectors, the first of which has the number `firstSector`.
  public void encrypt(
      long firstSector,
      MemorySegment from,
      long fromOffset,
      MemorySegment to,
      long toOffset,
      int length) {
    checkLength(length);
    XtsLane lane = take();
    try {
      lane.encrypt(firstSector, from, fromOffset, to, toOffset, length);
    } finally {
      lane.release();
    }
  }

  /// Deciphers whole sectors, the first of which has the number `firstSector`.
  public void decrypt(
      long firstSector,
      MemorySegment from,
      long fromOffset,
      MemorySegment to,
      long toOffset,
      int length) {
    checkLength(length);
    XtsLane lane = take();
    try {
      lane.decrypt(firstSector, from, fromOffset, to, toOffset, length);
    } finally {
      lane.release();
    }
  }

  /// Enciphers whole sectors from array to array.
  public void encrypt(
      long firstSector, byte[] from, int fromOffset, byte[] to, int toOffset, int length) {
    checkArrays(from, fromOffset, to, toOffset, length);
    XtsLane lane = take();
    try {
      lane.encrypt(firstSector, from, fromOffset, to, toOffset, length);
    } finally {
      lane.release();
    }
  }

  /// Deciphers whole sectors from array to array.
  public void decrypt(
      long firstSector, byte[] from, int fromOffset, byte[] to, int toOffset, int length) {
    checkArrays(from, fromOffset, to, toOffset, length);
    XtsLane lane = take();
    try {
      lane.decrypt(firstSector, from, fromOffset, to, toOffset, length);
    } finally {
      lane.release();
    }
  }

  /// Whether the data key that this cipher came from was closed.
  public boolean closed() {
    return closed;
  }

  /// Waits for calls under way and wipes their lanes; none is released again.
  void close() {
    synchronized (creation) {
      if (closed) {
        return; // its lanes are taken for good: a second wait would have no end
      }
      closed = true;
    }
    for (int i = 0; i < lanes.length(); i++) {
      XtsLane lane = lanes.get(i);
      if (lane != null) {
        while (!lane.tryTake()) {
          Thread.yield();
        }
        lane.wipe();
      }
    }
  }

  @Override
  public String toString() {
    return "SectorCipher[AES-256-XTS, redacted]";
  }

  /// Threads begin their search at different lanes, so that in most cases each has its own.
  private XtsLane take() {
    int first = (int) Thread.currentThread().threadId();
    while (true) {
      for (int i = 0; i < lanes.length(); i++) {
        int index = Math.floorMod(first + i, lanes.length());
        XtsLane lane = lanes.get(index);
        if (lane == null) {
          lane = create(index);
        }
        if (lane.tryTake()) {
          return lane;
        }
      }
      checkOpen(); // a closed cipher's lanes stay taken
      Thread.yield();
    }
  }

  private XtsLane create(int index) {
    synchronized (creation) {
      checkOpen();
      XtsLane other = lanes.get(index);
      if (other != null) {
        return other;
      }
      try (EphemeralKey dataKey = memory.key("AES", keyOffset, HALF_BYTES);
          EphemeralKey tweakKey = memory.key("AES", keyOffset + HALF_BYTES, HALF_BYTES)) {
        XtsLane lane = new XtsLane(dataKey, tweakKey);
        lanes.set(index, lane);
        return lane;
      }
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("key is closed");
    }
  }

  private static void checkArrays(byte[] from, int fromAt, byte[] to, int toAt, int length) {
    checkLength(length);
    Objects.checkFromIndexSize(fromAt, length, from.length);
    Objects.checkFromIndexSize(toAt, length, to.length);
  }

  private static void checkLength(int length) {
    if (length < 0 || length % SECTOR_BYTES != 0) {
      throw new IllegalArgumentException("not whole sectors length=" + length);
    }
  }
}
