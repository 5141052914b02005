package dev.quarry.snapshot;

import dev.quarry.block.VolumeException;
import dev.quarry.volume.ChunkLayout;
import dev.quarry.volume.ChunkSource;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongConsumer;

/// The chunks of a snapshot, for a volume that was made from it.
///
/// What is read is asked of the store at once. What is prefetched waits for its turn behind few
/// others, and what was prefetched first is dropped when too much lies here unread: reads go first.
///
/// Safe for use by many threads.
public final class SnapshotSource implements ChunkSource {
  /// The most chunks that are kept for a read to come, 512 KiB each.
  static final int MAX_PREFETCHED = 64;

  /// How many requests fetch ahead side by side.
  private static final int PREFETCHES = 4;

  private static final int MAX_RUN_BYTES = 4 * 1024 * 1024;

  private final SnapshotReader reader;
  private final ChunkFetcher chunks;
  private final Map<Long, CompletableFuture<byte[]>> ahead = // guarded by itself
      new LinkedHashMap<>();
  private volatile LongConsumer demand = _ -> {};
  private volatile boolean closed;

  SnapshotSource(SnapshotReader reader) {
    this.reader = reader;
    this.chunks = new ChunkFetcher(reader.frames(), MAX_RUN_BYTES, PREFETCHES);
  }

  /// Tells from now on which chunks are read that were not fetched ahead.
  void onDemand(LongConsumer listener) {
    demand = listener;
  }

  /// How the snapshot's volume was used. Asks the store.
  public Hints hints() throws VolumeException {
    return translating(reader::hints);
  }

  @Override
  public long sizeBytes() {
    return reader.root().about().sizeBytes();
  }

  @Override
  public int read(long chunk, MemorySegment into, long at) throws VolumeException {
    int length = length(chunk);
    byte[] bytes = translating(() -> fetched(chunk).orElseGet(() -> demanded(chunk)));
    MemorySegment.copy(bytes, 0, into, ValueLayout.JAVA_BYTE, at, length);
    return length;
  }

  @Override
  public boolean isZero(long chunk) throws VolumeException {
    if (chunk >= ChunkLayout.chunkCount(sizeBytes())) {
      return true; // the volume is larger
    }
    length(chunk);
    return translating(() -> !(reader.entry(chunk) instanceof ChunkEntry.Framed));
  }

  @Override
  public void prefetch(long chunk) {
    if (chunk >= 0 && chunk < ChunkLayout.chunkCount(sizeBytes())) {
      prefetch(chunk, 1);
    }
  }

  /// Fetches a run of chunks ahead, with few requests.
  void prefetch(long first, int count) {
    Map<Long, CompletableFuture<byte[]>> run = new LinkedHashMap<>();
    synchronized (ahead) {
      for (long chunk = first; chunk < first + count && !closed; chunk++) {
        if (!ahead.containsKey(chunk)) {
          run.put(chunk, new CompletableFuture<>());
        }
      }
      ahead.putAll(run);
      var oldest = ahead.values().iterator();
      for (int over = ahead.size() - MAX_PREFETCHED; over > 0; over--) {
        oldest.next();
        oldest.remove();
      }
    }
    if (!run.isEmpty()) {
      Thread.ofVirtual().name("prefetch-" + first).start(() -> fetchAhead(run));
    }
  }

  /// Forgets what was fetched ahead of a run and not read.
  void drop(long first, int count) {
    synchronized (ahead) {
      for (long chunk = first; chunk < first + count; chunk++) {
        ahead.remove(chunk);
      }
    }
  }

  @Override
  public void close() {
    synchronized (ahead) {
      closed = true;
      ahead.clear();
    }
  }

  private void fetchAhead(Map<Long, CompletableFuture<byte[]>> run) {
    try {
      List<List<FrameRef>> frames = new ArrayList<>();
      List<byte[]> contents = new ArrayList<>();
      for (long chunk : run.keySet()) {
        frames.add(reader.entry(chunk).frames());
        contents.add(new byte[ChunkLayout.CHUNK_BYTES]);
      }
      chunks.fetch(frames, contents);
      var bytes = contents.iterator();
      run.values().forEach(future -> future.complete(bytes.next()));
    } catch (RuntimeException | Error e) { // whoever waits for a chunk must not wait for ever
      run.values().forEach(future -> future.completeExceptionally(e));
    }
  }

  /// What was fetched ahead, once. If that went wrong, the read tries again by itself.
  private Optional<byte[]> fetched(long chunk) {
    CompletableFuture<byte[]> future;
    synchronized (ahead) {
      future = ahead.remove(chunk);
    }
    if (future == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(future.join());
    } catch (CompletionException | CancellationException e) {
      return Optional.empty();
    }
  }

  private byte[] demanded(long chunk) {
    byte[] bytes = new byte[ChunkLayout.CHUNK_BYTES];
    reader.read(chunk, bytes);
    demand.accept(chunk);
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

  interface Fetch<T> {
    T run();
  }

  private <T> T translating(Fetch<T> fetch) throws VolumeException {
    return translating(reader, fetch);
  }

  /// Users know the snapshot, and the object tells where to look: an error names both.
  static <T> T translating(SnapshotReader reader, Fetch<T> fetch) throws VolumeException {
    try {
      return fetch.run();
    } catch (SnapshotException.Corrupt e) {
      throw new VolumeException.Corrupt(e.of(reader.root().about().id()).getMessage(), e);
    } catch (SnapshotException e) {
      throw new VolumeException.Unavailable(e.getMessage(), e);
    }
  }
}
