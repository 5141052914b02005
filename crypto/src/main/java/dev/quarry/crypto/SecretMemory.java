package dev.quarry.crypto;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/// Memory for key bytes: off heap, on pages of its own, zeroed before it is given back.
///
/// Pages of its own, because locking and leaving out of dumps work on whole pages and must not end
/// for one key when another one is closed.
///
/// Safe for use by many threads. Use after [#close] throws IllegalStateException.
final class SecretMemory implements AutoCloseable {
  private final Arena arena;
  private final MemorySegment pages;
  private final int sizeBytes;
  private final MemoryProtection protection;
  private final AtomicBoolean closed = new AtomicBoolean();

  private SecretMemory(Arena arena, int sizeBytes) {
    long pageBytes = NativeMemory.pageBytes();
    long wholePages = (sizeBytes + pageBytes - 1) / pageBytes * pageBytes;
    this.arena = arena;
    this.sizeBytes = sizeBytes;
    this.pages = arena.allocate(wholePages, pageBytes);
    this.protection =
        MemoryProtection.of(NativeMemory.lock(pages), NativeMemory.excludeFromDumps(pages, true));
  }

  /// Allocates memory that holds zeros.
  static SecretMemory allocate(int sizeBytes) {
    return allocate(sizeBytes, Arena.ofShared());
  }

  /// As above, in an arena that is closed with the memory.
  static SecretMemory allocate(int sizeBytes, Arena arena) {
    return new SecretMemory(arena, sizeBytes);
  }

  /// Memory that holds the bytes of an array, which is wiped.
  static SecretMemory adopt(byte[] secret) {
    SecretMemory memory = allocate(secret.length);
    memory.put(0, secret);
    Arrays.fill(secret, (byte) 0);
    return memory;
  }

  int sizeBytes() {
    return sizeBytes;
  }

  MemoryProtection protection() {
    return protection;
  }

  /// Stores bytes; the caller wipes its array.
  void put(int offset, byte[] from) {
    checkOpen();
    MemorySegment.copy(from, 0, pages, ValueLayout.JAVA_BYTE, offset, from.length);
  }

  /// A copy on the heap, which the caller wipes as soon as it can.
  byte[] copy(int offset, int length) {
    checkOpen();
    byte[] copy = new byte[length];
    MemorySegment.copy(pages, ValueLayout.JAVA_BYTE, offset, copy, 0, length);
    return copy;
  }

  /// A key for one use on the heap; closing it wipes it.
  EphemeralKey key(String algorithm, int offset, int length) {
    return EphemeralKey.adopt(algorithm, copy(offset, length));
  }

  boolean isClosed() {
    return closed.get();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      pages.fill((byte) 0);
      // Whoever gets these pages next must not inherit our settings. Nothing to do if it fails.
      NativeMemory.excludeFromDumps(pages, false);
      NativeMemory.unlock(pages);
      arena.close();
    }
  }

  @Override
  public String toString() {
    return "SecretMemory[" + sizeBytes + " bytes, redacted]";
  }

  private void checkOpen() {
    if (closed.get()) {
      throw new IllegalStateException("key is closed");
    }
  }
}
