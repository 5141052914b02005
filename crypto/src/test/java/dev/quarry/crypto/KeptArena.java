package dev.quarry.crypto;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// An arena whose memory can still be looked at when its user has closed it.
final class KeptArena implements Arena {
  private final Arena arena = Arena.ofShared();
  private MemorySegment last = MemorySegment.NULL;
  private boolean closed;

  @Override
  public MemorySegment allocate(long byteSize, long byteAlignment) {
    last = arena.allocate(byteSize, byteAlignment);
    return last;
  }

  @Override
  public MemorySegment.Scope scope() {
    return arena.scope();
  }

  @Override
  public void close() {
    closed = true;
  }

  boolean closedByUser() {
    return closed;
  }

  MemorySegment memory() {
    return last;
  }

  void release() {
    arena.close();
  }
}
