package dev.quarry.volume;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.Durability;
import dev.quarry.block.Extent;
import dev.quarry.block.Requests;
import dev.quarry.block.VolumeException;
import dev.quarry.block.ZeroMode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What a source holds as a device to read: a snapshot without a volume. Nothing is put on the
/// local disk; chunks that were read last are kept in memory.
///
/// Who reads on behind a chunk is read ahead for.
public final class SourceDevice implements BlockDevice {
  /// How many chunks are asked of the source ahead of a reader.
  private static final int AHEAD = 8;

  private final ChunkSource source;
  private final SourceCache cache;
  private volatile boolean closed;

  /// @param source closed with the device
  public SourceDevice(ChunkSource source, SourceCache cache) {
    this.source = source;
    this.cache = cache;
  }

  @Override
  public long sizeBytes() {
    return source.sizeBytes();
  }

  @Override
  public boolean readOnly() {
    return true;
  }

  @Override
  public void read(long offset, MemorySegment into, long at, int length) throws VolumeException {
    check(offset, length);
    for (int done = 0; done < length; ) {
      long chunk = ChunkLayout.chunkOf(offset + done);
      int step = stepWithin(chunk, offset + done, length - done);
      if (source.isZero(chunk)) {
        into.asSlice(at + done, step).fill((byte) 0);
      } else {
        copy(chunk(chunk), chunk, offset + done, into, at + done, step);
      }
      done += step;
    }
  }

  @Override
  public boolean tryRead(long offset, MemorySegment into, long at, int length)
      throws VolumeException {
    check(offset, length);
    for (int done = 0; done < length; ) {
      long chunk = ChunkLayout.chunkOf(offset + done);
      int step = stepWithin(chunk, offset + done, length - done);
      Optional<byte[]> here = cache.find(this, chunk);
      if (here.isEmpty()) {
        return false; // whether it is zeros, the store may have to be asked
      }
      copy(here.get(), chunk, offset + done, into, at + done, step);
      done += step;
    }
    return true;
  }

  private byte[] chunk(long chunk) throws VolumeException {
    return cache.get(
        this,
        chunk,
        () -> {
          if (chunk > 0 && cache.find(this, chunk - 1).isPresent()) {
            prefetchChunks(chunk + 1, chunk + 1 + AHEAD);
          }
          byte[] bytes = new byte[ChunkLayout.CHUNK_BYTES];
          int length = source.read(chunk, MemorySegment.ofArray(bytes), 0);
          Arrays.fill(bytes, length, bytes.length, (byte) 0);
          return bytes;
        });
  }

  private static void copy(
      byte[] bytes, long chunk, long offset, MemorySegment into, long at, int length) {
    int from = (int) (offset - ChunkLayout.chunkStart(chunk));
    MemorySegment.copy(bytes, from, into, ValueLayout.JAVA_BYTE, at, length);
  }

  @Override
  public List<Extent> extents(long offset, long length, int limit) throws VolumeException {
    check(offset, length);
    List<Extent> extents = new ArrayList<>();
    for (long done = 0; done < length; ) {
      long chunk = ChunkLayout.chunkOf(offset + done);
      long step = Math.min(length - done, ChunkLayout.chunkStart(chunk + 1) - offset - done);
      Extent.State state = source.isZero(chunk) ? Extent.State.HOLE : Extent.State.DATA;
      Extent last = extents.isEmpty() ? null : extents.getLast();
      if (last != null && last.state() == state) {
        extents.set(extents.size() - 1, new Extent(last.offset(), last.length() + step, state));
      } else if (extents.size() == limit) {
        break;
      } else {
        extents.add(new Extent(offset + done, step, state));
      }
      done += step;
    }
    return extents;
  }

  @Override
  public void prefetch(long offset, long length) throws VolumeException {
    check(offset, length);
    long first = ChunkLayout.chunkOf(offset);
    prefetchChunks(first, Math.min(first + AHEAD, ChunkLayout.chunkOf(offset + length - 1) + 1));
  }

  private void prefetchChunks(long from, long to) throws VolumeException {
    long end = Math.min(to, ChunkLayout.chunkCount(sizeBytes()));
    for (long chunk = from; chunk < end; chunk++) {
      if (!source.isZero(chunk) && cache.find(this, chunk).isEmpty()) {
        source.prefetch(chunk);
      }
    }
  }

  /// Nothing can be waiting to become durable.
  @Override
  public void flush() throws VolumeException {
    check(0, 0);
  }

  @Override
  public void write(long offset, MemorySegment from, long at, int length, Durability durability)
      throws VolumeException {
    throw refused(offset, length);
  }

  @Override
  public void zero(long offset, long length, ZeroMode mode, Durability durability)
      throws VolumeException {
    throw refused(offset, length);
  }

  @Override
  public void trim(long offset, long length, Durability durability) throws VolumeException {
    throw refused(offset, length);
  }

  @Override
  public void close() throws VolumeException {
    closed = true;
    cache.forget(this);
    source.close();
  }

  private void check(long offset, long length) throws VolumeException {
    if (closed) {
      throw new VolumeException.Detached("device is closed");
    }
    Requests.checkRead(offset, length, sizeBytes());
  }

  private static int stepWithin(long chunk, long offset, int length) {
    return (int) Math.min(length, ChunkLayout.chunkStart(chunk + 1) - offset);
  }

  private static VolumeException refused(long offset, long length) {
    return new VolumeException.ReadOnly(
        "a snapshot cannot be changed offset=" + offset + " length=" + length);
  }
}
