package dev.quarry.snapshot;

import dev.quarry.block.VolumeException;
import dev.quarry.volume.BlockMask;
import dev.quarry.volume.ChunkLayout;
import dev.quarry.volume.FrozenView;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;

/// A file or a stream, to be made a snapshot of. All of it counts as changed; what is zeros takes
/// no space in the snapshot.
///
/// Nobody may change the file meanwhile. A stream is read once, chunk after chunk, by one thread.
final class ImportView implements FrozenView {
  /// Reads a part of what is imported.
  private interface Input {
    void read(long offset, ByteBuffer into) throws IOException;
  }

  private final Input input;
  private final long sizeBytes;

  private ImportView(Input input, long sizeBytes) {
    this.input = input;
    this.sizeBytes = sizeBytes;
  }

  static ImportView ofFile(FileChannel file, long sizeBytes) {
    return new ImportView(
        (offset, into) -> {
          long at = offset;
          while (into.hasRemaining()) {
            at += read(file.read(into, at), at);
          }
        },
        sizeBytes);
  }

  static ImportView ofStream(ReadableByteChannel stream, long sizeBytes) {
    return new ImportView(
        (offset, into) -> {
          long at = offset;
          while (into.hasRemaining()) {
            at += read(stream.read(into), at);
          }
        },
        sizeBytes);
  }

  private static int read(int count, long at) throws EOFException {
    if (count < 0) {
      throw new EOFException("input ends early offset=" + at);
    }
    return count;
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public long epoch() {
    return 0;
  }

  @Override
  public long nextChanged(long chunk) {
    return Math.min(chunk, ChunkLayout.chunkCount(sizeBytes));
  }

  @Override
  public Change change(long chunk) {
    return new Change.Blocks(BlockMask.ALL);
  }

  @Override
  public int read(long chunk, MemorySegment into, long at) throws VolumeException {
    long offset = chunk * ChunkLayout.CHUNK_BYTES;
    int length = (int) Math.min(ChunkLayout.CHUNK_BYTES, sizeBytes - offset);
    try {
      input.read(offset, into.asSlice(at, length).asByteBuffer());
      return length;
    } catch (IOException e) {
      throw new VolumeException.Unavailable("cannot read what is imported: " + e.getMessage(), e);
    }
  }

  @Override
  public int readUnchanged(long chunk, MemorySegment into, long at) {
    return 0; // all of it counts as changed
  }

  @Override
  public void release(long chunk) {
    // Nothing is kept.
  }

  @Override
  public long copiedBytes() {
    return 0;
  }

  @Override
  public void close() {
    // Whoever opened the input closes it.
  }
}
