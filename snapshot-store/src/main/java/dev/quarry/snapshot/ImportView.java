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
  /// Reads some of what is imported at an offset, as channels do; a stream is there already.
  private interface Input {
    int read(ByteBuffer into, long offset) throws IOException;
  }

  private final Input input;
  private final long sizeBytes;

  private ImportView(Input input, long sizeBytes) {
    this.input = input;
    this.sizeBytes = sizeBytes;
  }

  static ImportView ofFile(FileChannel file, long sizeBytes) {
    return new ImportView(file::read, sizeBytes);
  }

  static ImportView ofStream(ReadableByteChannel stream, long sizeBytes) {
    return new ImportView((into, _) -> stream.read(into), sizeBytes);
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
      readFully(offset, into.asSlice(at, length).asByteBuffer());
      return length;
    } catch (IOException e) {
      throw new VolumeException.Unavailable("cannot read what is imported: " + e.getMessage(), e);
    }
  }

  private void readFully(long offset, ByteBuffer into) throws IOException {
    long at = offset;
    while (into.hasRemaining()) {
      int count = input.read(into, at);
      if (count < 0) {
        throw new EOFException("input ends early offset=" + at);
      }
      at += count;
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
