package dev.quarry.disk;

import dev.quarry.block.VolumeException;
import dev.quarry.posix.Errno;
import dev.quarry.posix.Files;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A file of the operating system, by positional calls on one descriptor.
///
/// The owner closes it after all other calls have returned: a descriptor's number is reused, and a
/// late call would reach another file.
final class PosixFile implements DiskFile {
  /// Heap buffers go through a native one of this size, one per thread.
  private static final int BOUNCE_BYTES = 256 * 1024;

  /// The most that one system call writes, and a boundary that none crosses.
  ///
  /// The page cache keeps what one call writes in folios of about that size, and on ext4 a later 4
  /// KiB write costs time in proportion to the folio it falls into. Measured on Linux 6.18, CPU of
  /// a random 4 KiB write after a sequential fill by calls of: 4 KiB 3.2 µs, 64 KiB 5.1 µs, 256 KiB
  /// 7.9 µs, 1 MiB 18.5 µs; the fill itself costs no more by 64 KiB than by 1 MiB.
  private static final int WRITE_BYTES = 64 * 1024;

  private static final ThreadLocal<MemorySegment> BOUNCE =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(BOUNCE_BYTES, 4096));

  private final String name;
  private final int fd;
  private volatile boolean closed;

  /// Whether the file system can tell cached data from data on disk. Cleared once it says it
  /// cannot; [#tryRead] then just reads, as the best that can be done.
  private volatile boolean noWait = true;

  /// Whether the file system makes holes and zeroed ranges. Cleared once it says it cannot.
  private volatile boolean clears = true;

  private volatile boolean clearsKnown; // it was asked

  private PosixFile(String name, int fd) {
    this.name = name;
    this.fd = fd;
  }

  static PosixFile open(java.nio.file.Path path) throws VolumeException {
    int fd = Files.open(path, Files.O_RDWR | Files.O_CREAT | Files.O_CLOEXEC, 0600);
    if (fd < 0) {
      throw DiskErrors.failed("open", path.toString(), -fd);
    }
    return new PosixFile(path.toString(), fd);
  }

  int fd() {
    return fd;
  }

  @Override
  public long sizeBytes() throws VolumeException {
    checkOpen();
    return check("seek", Files.lseek(fd, 0, Files.SEEK_END));
  }

  @Override
  public void resize(long sizeBytes) throws VolumeException {
    checkOpen();
    check("resize", Files.ftruncate(fd, sizeBytes));
    force();
  }

  @Override
  public void read(long offset, MemorySegment into, long at, int length) throws VolumeException {
    checkOpen();
    if (into.isNative()) {
      readFully(offset, addressOf(into, at, length), length);
      return;
    }
    MemorySegment bounce = BOUNCE.get();
    for (int done = 0; done < length; ) {
      int step = Math.min(length - done, BOUNCE_BYTES);
      readFully(offset + done, bounce.address(), step);
      MemorySegment.copy(bounce, 0, into, at + done, step);
      done += step;
    }
  }

  @Override
  public boolean tryRead(long offset, MemorySegment into, long at, int length)
      throws VolumeException {
    checkOpen();
    if (!noWait) {
      read(offset, into, at, length);
      return true;
    }
    if (into.isNative()) {
      return readCached(offset, addressOf(into, at, length), length);
    }
    MemorySegment bounce = BOUNCE.get();
    for (int done = 0; done < length; ) {
      int step = Math.min(length - done, BOUNCE_BYTES);
      if (!readCached(offset + done, bounce.address(), step)) {
        return false;
      }
      MemorySegment.copy(bounce, 0, into, at + done, step);
      done += step;
    }
    return true;
  }

  @Override
  public void write(long offset, MemorySegment from, long at, int length) throws VolumeException {
    checkOpen();
    if (from.isNative()) {
      writeFully(offset, addressOf(from, at, length), length);
      return;
    }
    MemorySegment bounce = BOUNCE.get();
    for (int done = 0; done < length; ) {
      int step = Math.min(length - done, BOUNCE_BYTES);
      MemorySegment.copy(from, at + done, bounce, 0, step);
      writeFully(offset + done, bounce.address(), step);
      done += step;
    }
  }

  @Override
  public void force() throws VolumeException {
    checkOpen();
    int result;
    do {
      result = Files.fdatasync(fd);
    } while (result == -Errno.EINTR);
    check("force", result);
  }

  @Override
  public void punch(long offset, long length) throws VolumeException {
    checkOpen();
    int result =
        Files.fallocate(fd, Files.FALLOC_FL_PUNCH_HOLE | Files.FALLOC_FL_KEEP_SIZE, offset, length);
    if (result == -Errno.EOPNOTSUPP) {
      clears = false;
      writeZeros(offset, length);
    } else {
      check("punch", result);
    }
  }

  @Override
  public void zero(long offset, long length) throws VolumeException {
    checkOpen();
    int result =
        Files.fallocate(fd, Files.FALLOC_FL_ZERO_RANGE | Files.FALLOC_FL_KEEP_SIZE, offset, length);
    if (result == -Errno.EOPNOTSUPP) {
      clears = false;
      writeZeros(offset, length);
    } else {
      check("zero", result);
    }
  }

  /// Asks the file system once, by zeroing a byte behind the end of the file and making a hole of
  /// it again.
  @Override
  public boolean clearsFast() {
    if (!clearsKnown && !closed) {
      clears = clears && clears(Files.FALLOC_FL_ZERO_RANGE) && clears(Files.FALLOC_FL_PUNCH_HOLE);
      clearsKnown = true;
    }
    return clears;
  }

  private boolean clears(int mode) {
    long end = Files.lseek(fd, 0, Files.SEEK_END);
    return end >= 0
        && Files.fallocate(fd, mode | Files.FALLOC_FL_KEEP_SIZE, end, 1) != -Errno.EOPNOTSUPP;
  }

  /// Allocates a range without changing what it reads as.
  void allocate(long offset, long length) throws VolumeException {
    checkOpen();
    int result = Files.fallocate(fd, Files.FALLOC_FL_KEEP_SIZE, offset, length);
    if (result == -Errno.EOPNOTSUPP) {
      fillHoles(offset, length);
    } else {
      check("allocate", result);
    }
  }

  @Override
  public long nextData(long offset) throws VolumeException {
    return next(offset, Files.SEEK_DATA);
  }

  @Override
  public long nextHole(long offset) throws VolumeException {
    return next(offset, Files.SEEK_HOLE);
  }

  @Override
  public void prefetch(long offset, long length) throws VolumeException {
    checkOpen();
    Files.posixFadvise(fd, offset, length, Files.POSIX_FADV_WILLNEED);
  }

  @Override
  public void close() throws VolumeException {
    if (!closed) {
      closed = true;
      Files.close(fd);
    }
  }

  @Override
  public String toString() {
    return name;
  }

  private void readFully(long offset, long address, int length) throws VolumeException {
    for (int done = 0; done < length; ) {
      long got = Files.pread(fd, address + done, length - done, offset + done);
      if (got == 0) {
        throw new VolumeException.Unavailable(
            "file ends early file=%s offset=%d".formatted(name, offset + done), null);
      }
      done += progress("read", got);
    }
  }

  private boolean readCached(long offset, long address, int length) throws VolumeException {
    long got = Files.preadNoWait(fd, address, length, offset);
    if (got == length) {
      return true;
    }
    if (got == -Errno.EOPNOTSUPP) {
      noWait = false;
      readFully(offset, address, length);
      return true;
    }
    if (got >= 0 || got == -Errno.EAGAIN || got == -Errno.EINTR) {
      return false;
    }
    throw DiskErrors.failed("read", name, -got);
  }

  private void writeFully(long offset, long address, int length) throws VolumeException {
    for (int done = 0; done < length; ) {
      long at = offset + done;
      long step = Math.min(length - done, WRITE_BYTES - at % WRITE_BYTES);
      done += progress("write", Files.pwrite(fd, address + done, step, at));
    }
  }

  private void writeZeros(long offset, long length) throws VolumeException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment zeros = arena.allocate(Math.min(length, BOUNCE_BYTES));
      for (long done = 0; done < length; ) {
        int step = (int) Math.min(length - done, BOUNCE_BYTES);
        writeFully(offset + done, zeros.address(), step);
        done += step;
      }
    }
  }

  /// For file systems without fallocate: writes zeros where there is nothing.
  private void fillHoles(long offset, long length) throws VolumeException {
    long end = offset + length;
    for (long hole = nextHole(offset); hole < end; ) {
      long data = Math.min(end, nextData(hole));
      writeZeros(hole, data - hole);
      hole = nextHole(data);
    }
  }

  private long next(long offset, int whence) throws VolumeException {
    checkOpen();
    long found = Files.lseek(fd, offset, whence);
    return found == -Errno.ENXIO ? sizeBytes() : check("seek", found);
  }

  private int progress(String action, long result) throws VolumeException {
    return result == -Errno.EINTR ? 0 : (int) check(action, result);
  }

  private long check(String action, long result) throws VolumeException {
    if (result < 0) {
      throw DiskErrors.failed(action, name, -result);
    }
    return result;
  }

  private void checkOpen() throws VolumeException {
    if (closed) {
      throw DiskErrors.closed(name);
    }
  }

  private static long addressOf(MemorySegment segment, long at, int length) {
    assert at >= 0 && length >= 0 && at + length <= segment.byteSize()
        : "range outside the buffer at=" + at + " length=" + length;
    return segment.address() + at;
  }
}
