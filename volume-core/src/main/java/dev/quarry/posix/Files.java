package dev.quarry.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/// File system calls on descriptors. Each answers a count (0 where there is none) or the negative
/// of an [Errno]. Calls that a signal interrupted are for the caller to repeat.
///
/// Unlike a FileChannel, a descriptor is not closed when a thread that uses it is interrupted.
public final class Files {
  public static final int O_RDONLY = 0;
  public static final int O_RDWR = 2;
  public static final int O_CREAT = 0x40;
  public static final int O_EXCL = 0x80;
  public static final int O_CLOEXEC = 0x80000;

  /// Fail with EAGAIN instead of waiting for a disk (linux/fs.h).
  public static final int RWF_NOWAIT = 8;

  public static final int FALLOC_FL_KEEP_SIZE = 1;
  public static final int FALLOC_FL_PUNCH_HOLE = 2;
  public static final int FALLOC_FL_ZERO_RANGE = 16;

  public static final int SEEK_END = 2;
  public static final int SEEK_DATA = 3;
  public static final int SEEK_HOLE = 4;

  public static final int LOCK_EX = 2;
  public static final int LOCK_NB = 4;

  public static final int POSIX_FADV_RANDOM = 1;
  public static final int POSIX_FADV_WILLNEED = 3;
  public static final int POSIX_FADV_DONTNEED = 4;

  private static final MethodHandle OPEN =
      Native.bind("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  private static final MethodHandle CLOSE =
      Native.bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle PREAD =
      Native.bind(
          "pread", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle PWRITE =
      Native.bind(
          "pwrite", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle PREADV2 =
      Native.bind(
          "preadv2",
          FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG, JAVA_INT));
  private static final MethodHandle FDATASYNC =
      Native.bind("fdatasync", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle FALLOCATE =
      Native.bind(
          "fallocate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle FTRUNCATE =
      Native.bind("ftruncate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
  private static final MethodHandle LSEEK =
      Native.bind("lseek", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
  private static final MethodHandle POSIX_FADVISE =
      Native.bind(
          "posix_fadvise",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

  private static final MethodHandle FLOCK =
      Native.bind("flock", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

  private static final ThreadLocal<MemorySegment> IOVEC =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(16, 8));

  private Files() {}

  /// Opens a file; new files get `mode` (an octal such as 0600).
  public static int open(Path path, int flags, int mode) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Native.state();
      int fd = (int) OPEN.invokeExact(state, arena.allocateFrom(path.toString()), flags, mode);
      return (int) Native.result(fd, state);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /// Closes a descriptor.
  public static int close(int fd) {
    try {
      MemorySegment state = Native.state();
      return (int) Native.result((int) CLOSE.invokeExact(state, fd), state);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /// Reads at a position.
  public static long pread(int fd, long address, long length, long offset) {
    try {
      MemorySegment state = Native.state();
      return Native.result((long) PREAD.invokeExact(state, fd, address, length, offset), state);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /// Reads at a position what is in the page cache; -EAGAIN if nothing is, -EOPNOTSUPP where the
  /// file system cannot tell.
  public static long preadNoWait(int fd, long address, long length, long offset) {
    try {
      MemorySegment state = Native.state();
      MemorySegment iovec = IOVEC.get();
      iovec.set(JAVA_LONG, 0, address);
      iovec.set(JAVA_LONG, 8, length);
      return Native.result(
          (long) PREADV2.invokeExact(state, fd, iovec, 1, offset, RWF_NOWAIT), state);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /// Writes at a position.
  public static long pwrite(int fd, long address, long length, long offset) {
    try {
      MemorySegment state = Native.state();
      return Native.result((long) PWRITE.invokeExact(state, fd, address, length, offset), state);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /// Makes a file's data durable, and as much about the file as is needed to read it.
  public static int fdatasync(int fd) {
    try {
      MemorySegment state = Native.state();
      return (int) Native.result((int) FDATASYNC.invokeExact(state, fd), state);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /// Allocates, punches or zeroes a range, as `mode` says.
  public static int fallocate(int fd, int mode, long offset, long length) {
    try {
      MemorySegment state = Native.state();
      return (int)
          Native.result((int) FALLOCATE.invokeExact(state, fd, mode, offset, length), state);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /// Sets a file's size; what is added reads as zeros.
  public static int ftruncate(int fd, long sizeBytes) {
    try {
      MemorySegment state = Native.state();
      return (int) Native.result((int) FTRUNCATE.invokeExact(state, fd, sizeBytes), state);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /// Finds the end, the next data or the next hole, as `whence` says; -ENXIO past the last.
  public static long lseek(int fd, long offset, int whence) {
    try {
      MemorySegment state = Native.state();
      return Native.result((long) LSEEK.invokeExact(state, fd, offset, whence), state);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /// Tells the kernel how a range will be used. Answers an error number itself, not its negative.
  public static int posixFadvise(int fd, long offset, long length, int advice) {
    try {
      return (int) POSIX_FADVISE.invokeExact(Native.state(), fd, offset, length, advice);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /// Locks an open file, as `operation` says; -EAGAIN if another descriptor, of this process or
  /// another, holds it and LOCK_NB was given. The lock ends when the descriptor is closed.
  public static int flock(int fd, int operation) {
    try {
      MemorySegment state = Native.state();
      return (int) Native.result((int) FLOCK.invokeExact(state, fd, operation), state);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }
}
