package dev.quarry.nbd;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.Durability;
import dev.quarry.block.Extent;
import dev.quarry.block.Requests;
import dev.quarry.block.VolumeException;
import dev.quarry.block.ZeroMode;
import dev.quarry.posix.Files;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;

/// A bare file, for measuring the server by itself.
final class FileDevice implements BlockDevice {
  private final int fd;
  private final long sizeBytes;

  FileDevice(Path path) {
    fd = Files.open(path, Files.O_RDWR, 0);
    if (fd < 0) {
      throw new IllegalStateException("open failed error=" + -fd);
    }
    sizeBytes = Files.lseek(fd, 0, Files.SEEK_END);
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public void read(long offset, MemorySegment into, long at, int length) throws VolumeException {
    Requests.checkRead(offset, length, sizeBytes);
    check(Files.pread(fd, into.address() + at, length, offset), length);
  }

  @Override
  public boolean tryRead(long offset, MemorySegment into, long at, int length)
      throws VolumeException {
    Requests.checkRead(offset, length, sizeBytes);
    return Files.preadNoWait(fd, into.address() + at, length, offset) == length;
  }

  @Override
  public void write(long offset, MemorySegment from, long at, int length, Durability durability)
      throws VolumeException {
    Requests.checkWrite(offset, length, sizeBytes);
    check(Files.pwrite(fd, from.address() + at, length, offset), length);
    if (durability == Durability.FORCED) {
      flush();
    }
  }

  @Override
  public boolean tryWrite(long offset, MemorySegment from, long at, int length)
      throws VolumeException {
    write(offset, from, at, length, Durability.CACHED);
    return true;
  }

  @Override
  public void zero(long offset, long length, ZeroMode mode, Durability durability)
      throws VolumeException {
    int how = mode == ZeroMode.PUNCH ? Files.FALLOC_FL_PUNCH_HOLE : Files.FALLOC_FL_ZERO_RANGE;
    check(Files.fallocate(fd, how | Files.FALLOC_FL_KEEP_SIZE, offset, length), 0);
  }

  @Override
  public void trim(long offset, long length, Durability durability) throws VolumeException {
    zero(offset, length, ZeroMode.PUNCH, durability);
  }

  @Override
  public void flush() throws VolumeException {
    check(Files.fdatasync(fd), 0);
  }

  @Override
  public List<Extent> extents(long offset, long length, int limit) {
    return List.of(new Extent(offset, length, Extent.State.DATA));
  }

  @Override
  public void close() {
    Files.close(fd);
  }

  private static void check(long result, long wanted) throws VolumeException {
    if (result != wanted) {
      throw new VolumeException.Unavailable("file error result=" + result, null);
    }
  }
}
