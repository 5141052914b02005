package dev.quarry.volume;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// A bounded number of buffers in which encrypted devices prepare what they write. One pool serves
/// all volumes of a process: what it holds does not grow with their number, nor with that of
/// threads.
///
/// Safe for use by many threads. Buffers are made when they are first needed; no call allocates
/// afterwards.
final class CipherScratch {
  /// The size of a buffer in bytes: large enough that a usual sequential write needs one, small
  /// enough that it is still in the second-level cache when the file copies it.
  static final int BUFFER_BYTES = 128 * 1024;

  private final Semaphore free;
  private final AtomicIntegerArray taken; // 0 or 1; as many are 0 as there are permits, or more
  private final AtomicReferenceArray<MemorySegment> buffers;

  /// A pool of at most `count` buffers.
  CipherScratch(int count) {
    this.free = new Semaphore(count);
    this.taken = new AtomicIntegerArray(count);
    this.buffers = new AtomicReferenceArray<>(count);
  }

  /// Takes a buffer, waiting for one if all are in use.
  ///
  /// @return its number
  int take() {
    free.acquireUninterruptibly();
    return pick();
  }

  /// Takes a buffer if one is free.
  ///
  /// @return its number, or -1
  int tryTake() {
    return free.tryAcquire() ? pick() : -1;
  }

  /// The memory of a buffer that the caller has taken.
  MemorySegment buffer(int number) {
    return buffers.get(number);
  }

  void release(int number) {
    taken.set(number, 0);
    free.release();
  }

  /// Threads begin their search at different buffers, so that most find their last one again.
  private int pick() {
    int first = (int) Thread.currentThread().threadId();
    for (int i = 0; ; i++) {
      int number = Math.floorMod(first + i, taken.length());
      if (taken.get(number) == 0 && taken.compareAndSet(number, 0, 1)) {
        if (buffers.get(number) == null) {
          buffers.set(number, Arena.ofAuto().allocate(BUFFER_BYTES, 4096));
        }
        return number;
      }
    }
  }
}
