package dev.quarry.volume;

import dev.quarry.block.VolumeException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// The chunks of sources that were read last, for as many devices as share it. A chunk that several
/// ask for at a time is read once.
///
/// Safe for use by many threads. No lock is held while a source is read.
public final class SourceCache {
  private final int chunkLimit;
  private final Map<Key, CompletableFuture<byte[]>> chunks = // guarded by itself; by last use
      new LinkedHashMap<>(16, 0.75f, true);

  /// A chunk of one device's source.
  private record Key(SourceDevice device, long chunk) {}

  /// Reads a chunk.
  interface Reading {
    byte[] read() throws VolumeException;
  }

  /// @param chunkLimit the most chunks to keep, 512 KiB each; those being read count
  public SourceCache(int chunkLimit) {
    if (chunkLimit < 1) {
      throw new IllegalArgumentException("cache of no chunks limit=" + chunkLimit);
    }
    this.chunkLimit = chunkLimit;
  }

  /// A chunk that is here.
  Optional<byte[]> find(SourceDevice device, long chunk) {
    CompletableFuture<byte[]> found;
    synchronized (chunks) {
      found = chunks.get(new Key(device, chunk));
    }
    return Optional.ofNullable(found)
        .filter(future -> future.isDone() && !future.isCompletedExceptionally())
        .map(CompletableFuture::join);
  }

  /// A chunk, read if it is not here.
  byte[] get(SourceDevice device, long chunk, Reading reading) throws VolumeException {
    Key key = new Key(device, chunk);
    CompletableFuture<byte[]> mine = new CompletableFuture<>();
    CompletableFuture<byte[]> first;
    synchronized (chunks) {
      first = chunks.putIfAbsent(key, mine);
      if (chunks.size() > chunkLimit) {
        chunks.remove(chunks.keySet().iterator().next());
      }
    }
    return first == null ? read(key, mine, reading) : await(first);
  }

  private byte[] read(Key key, CompletableFuture<byte[]> future, Reading reading)
      throws VolumeException {
    try {
      byte[] bytes = reading.read();
      future.complete(bytes);
      return bytes;
    } catch (VolumeException | RuntimeException | Error e) {
      synchronized (chunks) {
        chunks.remove(key, future); // the next one tries again
      }
      future.completeExceptionally(e);
      throw e;
    }
  }

  private static byte[] await(CompletableFuture<byte[]> future) throws VolumeException {
    try {
      return future.join();
    } catch (CompletionException e) {
      throw new VolumeException.Unavailable(
          "another read of the chunk failed: " + e.getCause().getMessage(), e);
    }
  }

  /// Forgets the chunks of a device that is closed.
  void forget(SourceDevice device) {
    synchronized (chunks) {
      chunks.keySet().removeIf(key -> key.device() == device);
    }
  }

  /// How many chunks it keeps.
  int size() {
    synchronized (chunks) {
      return chunks.size();
    }
  }
}
