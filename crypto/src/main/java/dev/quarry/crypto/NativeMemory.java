package dev.quarry.crypto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// The three system calls that keep a page of keys out of swap and out of core dumps (mlock(2),
/// madvise(2)). Each answers 0, or the error number with which the kernel refused.
///
/// This module stands below the one with the other system calls, which is why it has its own.
@SuppressWarnings("restricted") // binding class: run with --enable-native-access
final class NativeMemory {
  // linux/mman-common.h; the same on x86-64 and aarch64
  private static final int MADV_DONTDUMP = 16;
  private static final int MADV_DODUMP = 17;

  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle MLOCK =
      bind("mlock", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle MUNLOCK =
      bind("munlock", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle MADVISE =
      bind("madvise", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle GETPAGESIZE =
      bind("getpagesize", FunctionDescriptor.of(JAVA_INT));

  private NativeMemory() {}

  /// The size of a page in bytes.
  static int pageBytes() {
    try (Arena arena = Arena.ofConfined()) {
      return (int) GETPAGESIZE.invokeExact(arena.allocate(STATE));
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Locks whole pages into memory.
  static int lock(MemorySegment pages) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      return result((int) MLOCK.invokeExact(state, pages, pages.byteSize()), state);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Lets locked pages be swapped again.
  static int unlock(MemorySegment pages) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      return result((int) MUNLOCK.invokeExact(state, pages, pages.byteSize()), state);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Leaves whole pages out of core dumps, or takes them in again.
  static int excludeFromDumps(MemorySegment pages, boolean exclude) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int advice = exclude ? MADV_DONTDUMP : MADV_DODUMP;
      return result((int) MADVISE.invokeExact(state, pages, pages.byteSize(), advice), state);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static int result(int answer, MemorySegment state) {
    return answer == 0 ? 0 : (int) ERRNO.get(state, 0L);
  }

  private static MethodHandle bind(String name, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        descriptor,
        Linker.Option.captureCallState("errno"));
  }
}
