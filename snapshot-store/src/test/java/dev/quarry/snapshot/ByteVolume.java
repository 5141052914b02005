package dev.quarry.snapshot;

import dev.quarry.volume.BlockMask;
import dev.quarry.volume.ChunkLayout;
import dev.quarry.volume.FrozenView;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// A volume in an array, which knows what changed in each epoch.
final class ByteVolume {
  private static final int BLOCK = ChunkLayout.BLOCK_BYTES;

  private byte[] bytes;
  private long epoch = 1;
  private final Map<Long, Map<Long, BlockMask>> changes = new HashMap<>(); // by epoch, by chunk
  private final Set<Long> inDoubt = new HashSet<>();

  ByteVolume(int sizeBytes) {
    bytes = new byte[sizeBytes];
  }

  byte[] contents() {
    return bytes.clone();
  }

  int sizeBytes() {
    return bytes.length;
  }

  void write(int offset, byte[] data) {
    System.arraycopy(data, 0, bytes, offset, data.length);
    for (int block = offset / BLOCK; block <= (offset + data.length - 1) / BLOCK; block++) {
      long chunk = block / 128;
      changes
          .computeIfAbsent(epoch, _ -> new HashMap<>())
          .merge(chunk, BlockMask.range(block % 128, block % 128), BlockMask::or);
    }
  }

  /// Changes bytes without remembering that they changed.
  void spoil(int offset, byte[] data) {
    System.arraycopy(data, 0, bytes, offset, data.length);
  }

  void grow(int sizeBytes) {
    bytes = Arrays.copyOf(bytes, sizeBytes);
  }

  /// Forgets which blocks changed since an epoch, as a power loss does.
  void crash() {
    for (long chunk = 0; chunk < ChunkLayout.chunkCount(bytes.length); chunk++) {
      inDoubt.add(chunk);
    }
  }

  FrozenView freeze(long parentEpoch) {
    byte[] frozen = bytes.clone();
    Map<Long, BlockMask> since = new HashMap<>();
    changes.forEach((when, chunks) -> {
      if (when > parentEpoch) {
        chunks.forEach((chunk, mask) -> since.merge(chunk, mask, BlockMask::or));
      }
    });
    Set<Long> doubt = new HashSet<>(inDoubt);
    inDoubt.clear();
    return new View(frozen, epoch++, since, doubt);
  }

  private record View(byte[] bytes, long epoch, Map<Long, BlockMask> since, Set<Long> doubt)
      implements FrozenView {
    @Override
    public long sizeBytes() {
      return bytes.length;
    }

    @Override
    public long nextChanged(long chunk) {
      long end = ChunkLayout.chunkCount(bytes.length);
      long next = chunk;
      while (next < end && !since.containsKey(next) && !doubt.contains(next)) {
        next++;
      }
      return Math.min(next, end);
    }

    @Override
    public Change change(long chunk) {
      if (doubt.contains(chunk)) {
        return new Change.InDoubt();
      }
      BlockMask mask = since.get(chunk);
      return mask == null ? new Change.Unchanged() : new Change.Blocks(mask);
    }

    @Override
    public int read(long chunk, MemorySegment into, long at) {
      int start = (int) chunk * ChunkLayout.CHUNK_BYTES;
      int length = Math.min(ChunkLayout.CHUNK_BYTES, bytes.length - start);
      MemorySegment.copy(bytes, start, into, ValueLayout.JAVA_BYTE, at, length);
      return length;
    }

    @Override
    public int readUnchanged(long chunk, MemorySegment into, long at) {
      return change(chunk) instanceof Change.Unchanged ? read(chunk, into, at) : 0;
    }

    @Override
    public void release(long chunk) {}

    @Override
    public long copiedBytes() {
      return 0;
    }

    @Override
    public void close() {}
  }
}
