package dev.quarry.volume;

import dev.quarry.block.VolumeException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// A source in memory that counts what is asked of it, and can be slow or out of reach.
final class FakeSource implements ChunkSource {
  final byte[] bytes;
  final AtomicInteger reads = new AtomicInteger();
  final AtomicInteger prefetches = new AtomicInteger();
  final AtomicReference<VolumeException> failure = new AtomicReference<>();
  volatile CountDownLatch held = new CountDownLatch(0);
  volatile boolean closed;

  FakeSource(byte[] bytes) {
    this.bytes = bytes;
  }

  @Override
  public long sizeBytes() {
    return bytes.length;
  }

  @Override
  public int read(long chunk, MemorySegment into, long at) throws VolumeException {
    reads.incrementAndGet();
    try {
      held.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    if (failure.get() != null) {
      throw failure.get();
    }
    int start = (int) ChunkLayout.chunkStart(chunk);
    int length = Math.min(ChunkLayout.CHUNK_BYTES, bytes.length - start);
    MemorySegment.copy(bytes, start, into, ValueLayout.JAVA_BYTE, at, length);
    return length;
  }

  @Override
  public boolean isZero(long chunk) {
    int start = (int) Math.min(ChunkLayout.chunkStart(chunk), bytes.length);
    int end = Math.min(start + ChunkLayout.CHUNK_BYTES, bytes.length);
    for (int i = start; i < end; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void prefetch(long chunk) {
    prefetches.incrementAndGet();
  }

  @Override
  public void close() {
    closed = true;
  }
}
