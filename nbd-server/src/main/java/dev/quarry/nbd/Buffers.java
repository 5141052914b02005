package dev.quarry.nbd;

/// One connection's share of the [BufferPool]. For its own thread only.
final class Buffers {
  /// The most bytes that one connection holds: two of the largest payloads.
  static final long LIMIT_BYTES = 2L * Wire.PAYLOAD_LIMIT_BYTES;

  private final BufferPool pool;
  private final Waker waker;
  private long heldBytes;
  private boolean waiting;

  Buffers(BufferPool pool, Waker waker) {
    this.pool = pool;
    this.waker = waker;
  }

  /// Takes a buffer for `length` bytes, or null if there is none to be had now.
  Buffer tryTake(int length) {
    return taken(allowed(length) ? pool.tryTake(length) : null);
  }

  /// Takes a buffer for `length` bytes, or null. Then this connection's waker is woken when it is
  /// worth to ask again, or, if this connection holds too many itself, one of them must come back.
  Buffer takeOrWait(int length) {
    if (!allowed(length)) {
      return null;
    }
    Buffer buffer = taken(pool.takeOrWait(length, waker));
    waiting = buffer == null;
    return buffer;
  }

  void give(Buffer buffer) {
    heldBytes -= buffer.capacity();
    pool.give(buffer);
  }

  /// Whether a buffer was asked for that others hold.
  boolean waiting() {
    return waiting;
  }

  /// Whether another connection waits for what this one may hold.
  boolean contended() {
    return heldBytes > 0 && pool.contended();
  }

  /// Gives up waiting.
  void leave() {
    if (waiting) {
      waiting = false;
      pool.leave(waker);
    }
  }

  private boolean allowed(int length) {
    return heldBytes + BufferPool.capacityFor(length) <= LIMIT_BYTES;
  }

  private Buffer taken(Buffer buffer) {
    if (buffer != null) {
      heldBytes += buffer.capacity();
    }
    return buffer;
  }
}
