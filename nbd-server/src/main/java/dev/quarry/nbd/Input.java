package dev.quarry.nbd;

import java.lang.foreign.MemorySegment;

/// The bytes a client has sent and nobody has taken yet, in a row.
final class Input {
  /// Payloads up to this size need no other buffer. Most clients send up to 1 MiB.
  static final int CAPACITY = 1 << 20;

  /// The most bytes to receive at a time, so that they are used while they are in cache.
  private static final long RECEIVE_LIMIT = 256 << 10;

  /// What is left is moved to the front, if it is this little, to make room for many more.
  private static final long CHEAP_MOVE = 4096;

  private final MemorySegment memory;
  private long start;
  private long end;

  Input(MemorySegment memory) {
    assert memory.byteSize() >= CAPACITY;
    this.memory = memory;
  }

  MemorySegment memory() {
    return memory;
  }

  /// Where the first byte is.
  long at() {
    return start;
  }

  long available() {
    return end - start;
  }

  /// Takes bytes from the front.
  void skip(long count) {
    assert count <= available();
    start += count;
  }

  /// Makes room at the end, such that at least `wanted` bytes from [#at] on have their place.
  void makeRoom(long wanted) {
    assert wanted <= CAPACITY;
    long left = end - start;
    if (start > 0 && (left <= CHEAP_MOVE || start + wanted > CAPACITY)) {
      MemorySegment.copy(memory, start, memory, 0, left);
      start = 0;
      end = left;
    }
  }

  /// Where received bytes go.
  long address() {
    return memory.address() + end;
  }

  /// How many bytes may be received; 0 when it is full.
  long room() {
    return Math.min(CAPACITY - end, RECEIVE_LIMIT);
  }

  void received(long count) {
    end += count;
  }
}
