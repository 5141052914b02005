package dev.quarry.nbd;

import dev.quarry.posix.Memory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// The memory that requests of all connections may hold while they wait: for a worker, for a limit,
/// for the rest of a payload, or for a slow reader. Its bound is what the server may take.
///
/// Sizes are powers of two. What is given back is kept for the next, up to a part of the bound.
///
/// Who cannot go on without a buffer waits in line; nobody gets one past those who wait, so that
/// many small requests cannot starve a large one. Who can go on otherwise just tries.
final class BufferPool implements AutoCloseable {
  private static final int SMALLEST_SHIFT = 12;
  private static final int LARGEST_SHIFT = 25;

  private final long budgetBytes;
  private final long idleLimitBytes;
  private final List<ArrayDeque<Buffer>> idle = new ArrayList<>(); // guarded by this; by size
  private final ArrayDeque<Waker> line = new ArrayDeque<>(); // guarded by this
  private long heldBytes; // guarded by this
  private long idleBytes; // guarded by this

  /// @param budgetBytes the most bytes at a time, held and idle together; at least one largest
  ///   payload
  BufferPool(long budgetBytes) {
    if (budgetBytes < Wire.PAYLOAD_LIMIT_BYTES) {
      throw new IllegalArgumentException(
          "buffer budget is smaller than one payload bytes=" + budgetBytes);
    }
    this.budgetBytes = budgetBytes;
    this.idleLimitBytes = budgetBytes / 4;
    for (int shift = SMALLEST_SHIFT; shift <= LARGEST_SHIFT; shift++) {
      idle.add(new ArrayDeque<>());
    }
  }

  /// The bytes that a buffer for `length` bytes of data counts for.
  static int capacityFor(int length) {
    int shift = 32 - Integer.numberOfLeadingZeros(Math.max(length, 1) - 1);
    return 1 << Math.max(shift, SMALLEST_SHIFT);
  }

  /// Takes a buffer for `length` bytes, or null if there is none to be had now.
  synchronized Buffer tryTake(int length) {
    return line.isEmpty() ? take(capacityFor(length)) : null;
  }

  /// Takes a buffer for `length` bytes, or puts the caller in line and answers null; `waker` is
  /// woken when it is worth to ask again.
  synchronized Buffer takeOrWait(int length, Waker waker) {
    boolean first = line.isEmpty() || line.peek() == waker;
    Buffer buffer = first ? take(capacityFor(length)) : null;
    if (buffer == null) {
      if (!line.contains(waker)) {
        line.add(waker);
      }
    } else {
      leave(waker);
    }
    return buffer;
  }

  /// Leaves the line.
  synchronized void leave(Waker waker) {
    if (line.remove(waker)) {
      wakeFirst();
    }
  }

  synchronized void give(Buffer buffer) {
    heldBytes -= buffer.capacity();
    if (idleBytes + buffer.capacity() <= idleLimitBytes) {
      idleBytes += buffer.capacity();
      idleOf(buffer.capacity()).push(buffer);
    } else {
      Memory.unmap(buffer.memory());
    }
    wakeFirst();
  }

  /// Whether somebody waits for a buffer.
  synchronized boolean contended() {
    return !line.isEmpty();
  }

  synchronized long heldBytes() {
    return heldBytes;
  }

  /// Gives the idle memory back; no buffer may be held any more.
  @Override
  public synchronized void close() {
    assert heldBytes == 0 : "buffers still held bytes=" + heldBytes;
    shrinkTo(0);
  }

  private Buffer take(int capacity) {
    if (heldBytes + capacity > budgetBytes) {
      return null;
    }
    heldBytes += capacity;
    Buffer buffer = idleOf(capacity).poll();
    if (buffer != null) {
      idleBytes -= capacity;
      return buffer;
    }
    shrinkTo(budgetBytes - heldBytes);
    return new Buffer(Memory.map(Buffer.DATA_AT + (long) capacity), capacity);
  }

  private void shrinkTo(long limitBytes) {
    for (ArrayDeque<Buffer> buffers : idle) {
      while (idleBytes > limitBytes && !buffers.isEmpty()) {
        Buffer buffer = buffers.pollLast();
        idleBytes -= buffer.capacity();
        Memory.unmap(buffer.memory());
      }
    }
  }

  private void wakeFirst() {
    Waker first = line.peek();
    if (first != null) {
      first.wake();
    }
  }

  private ArrayDeque<Buffer> idleOf(int capacity) {
    return idle.get(Integer.numberOfTrailingZeros(capacity) - SMALLEST_SHIFT);
  }
}
