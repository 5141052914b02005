package dev.quarry.snapshot;

import dev.quarry.block.VolumeException;
import dev.quarry.volume.ChunkLayout;
import dev.quarry.volume.ChunkSource;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;

/// The chunks of a snapshot, for a volume that was made from it.
///
/// What is read is asked of the store at once. What is prefetched waits for its turn behind few
/// others, and is dropped when too much waits already: reads go first.
///
/// Safe for use by many threads.
final class SnapshotSource implements ChunkSource {
  /// The most chunks that are kept for a read to come, 512 KiB each.
  static final int MAX_PREFETCHED = 32;

  /// How many are fetched ahead side by side.
  private static final int PREFETCHES = 4;

  private final SnapshotReader reader;
  private final ConcurrentMap<Long, FutureTask<byte[]>> ahead = new ConcurrentHashMap<>();
  private final Semaphore room = new Semaphore(MAX_PREFETCHED);
  private final Semaphore turns = new Semaphore(PREFETCHES);
  private volatile boolean closed;

  SnapshotSource(SnapshotReader reader) {
    this.reader = reader;
  }

  @Override
  public long sizeBytes() {
    return reader.root().about().sizeBytes();
  }

  @Override
  public int read(long chunk, MemorySegment into, long at) throws VolumeException {
    int length = length(chunk);
    byte[] bytes = translating(() -> fetched(chunk).orElseGet(() -> fetch(chunk)));
    MemorySegment.copy(bytes, 0, into, ValueLayout.JAVA_BYTE, at, length);
    return length;
  }

  @Override
  public boolean isZero(long chunk) throws VolumeException {
    length(chunk);
    return translating(() -> !(reader.entry(chunk) instanceof ChunkEntry.Framed));
  }

  @Override
  public void prefetch(long chunk) {
    if (closed || chunk < 0 || chunk >= ChunkLayout.chunkCount(sizeBytes()) || !room.tryAcquire()) {
      return;
    }
    FutureTask<byte[]> task =
        new FutureTask<>(() -> {
          turns.acquireUninterruptibly();
          try {
            return fetch(chunk);
          } finally {
            turns.release();
          }
        });
    if (ahead.putIfAbsent(chunk, task) == null) {
      Thread.ofVirtual().name("prefetch-" + chunk).start(task);
    } else {
      room.release();
    }
  }

  @Override
  public void close() {
    closed = true;
    ahead.keySet().forEach(this::take);
  }

  /// What was fetched ahead, once. If that went wrong, the read tries again by itself.
  private Optional<byte[]> fetched(long chunk) {
    FutureTask<byte[]> task = take(chunk);
    if (task == null) {
      return Optional.empty();
    }
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return Optional.of(task.get());
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          return Optional.empty();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private FutureTask<byte[]> take(long chunk) {
    FutureTask<byte[]> task = ahead.remove(chunk);
    if (task != null) {
      room.release();
    }
    return task;
  }

  private byte[] fetch(long chunk) {
    byte[] bytes = new byte[ChunkLayout.CHUNK_BYTES];
    reader.read(chunk, bytes);
    return bytes;
  }

  private int length(long chunk) throws VolumeException {
    if (closed) {
      throw new VolumeException.Detached("source is closed snapshot=" + reader.root().about().id());
    }
    long start = chunk * ChunkLayout.CHUNK_BYTES;
    if (chunk < 0 || start >= sizeBytes()) {
      throw new VolumeException.OutOfRange(false, start, ChunkLayout.CHUNK_BYTES, sizeBytes());
    }
    return (int) Math.min(ChunkLayout.CHUNK_BYTES, sizeBytes() - start);
  }

  private interface Fetch<T> {
    T run();
  }

  private static <T> T translating(Fetch<T> fetch) throws VolumeException {
    try {
      return fetch.run();
    } catch (SnapshotException.Corrupt e) {
      throw new VolumeException.Corrupt(e.getMessage(), e);
    } catch (SnapshotException e) {
      throw new VolumeException.Unavailable(e.getMessage(), e);
    }
  }
}
