package dev.quarry.disk;

import dev.quarry.block.VolumeException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import net.openhft.chronicle.bytes.PointerBytesStore;

/// A file of the operating system, mapped: words by Chronicle Bytes over a mapping that the JDK
/// made, so that a file beyond 2 GiB takes no heap and no flags.
///
/// Chronicle sees a bare address: it is this class that keeps the mapping alive and checks the
/// range.
final class PosixMappedFile implements MappedFile {
  private final PosixFile file;
  private final Arena arena;
  private final PointerBytesStore words;
  private final long sizeBytes;

  private PosixMappedFile(PosixFile file, Arena arena, MemorySegment mapping) {
    this.file = file;
    this.arena = arena;
    this.sizeBytes = mapping.byteSize();
    this.words = new PointerBytesStore();
    words.set(mapping.address(), sizeBytes);
  }

  static PosixMappedFile open(Path path, long sizeBytes) throws IOException {
    PosixFile file = PosixFile.open(path);
    Arena arena = Arena.ofShared();
    try {
      if (file.sizeBytes() < sizeBytes) {
        file.resize(sizeBytes);
      }
      try (FileChannel channel =
          FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        return new PosixMappedFile(
            file, arena, channel.map(FileChannel.MapMode.READ_WRITE, 0, file.sizeBytes(), arena));
      }
    } catch (IOException | RuntimeException e) {
      arena.close();
      file.close();
      throw e;
    }
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public long get(long offset) {
    assert inside(offset, 8);
    return words.readVolatileLong(offset);
  }

  @Override
  public void set(long offset, long value) {
    assert inside(offset, 8);
    words.writeVolatileLong(offset, value);
  }

  @Override
  public boolean compareAndSet(long offset, long expected, long value) {
    assert inside(offset, 8);
    return words.compareAndSwapLong(offset, expected, value);
  }

  @Override
  public void allocate(long offset, long length) throws VolumeException {
    assert inside(offset, length);
    file.allocate(offset, length);
  }

  @Override
  public void force() throws VolumeException {
    // Forcing the descriptor writes back the mapping's dirty pages too, and waits for the disk.
    file.force();
  }

  @Override
  public void close() throws VolumeException {
    if (arena.scope().isAlive()) {
      words.releaseLast();
      arena.close();
      file.close();
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }

  private boolean inside(long offset, long length) {
    return offset >= 0 && length >= 0 && offset <= sizeBytes - length && offset % 8 == 0;
  }
}
