package dev.quarry.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Memory straight from the kernel, for buffers: zeros, aligned to a page, and taking real memory
/// only for the pages that were touched. (Memory of an Arena is written to when it is allocated.)
public final class Memory {
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x2 | 0x20 | 0x4000;

  private static final MethodHandle MMAP =
      Native.bind(
          "mmap",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
  private static final MethodHandle MUNMAP =
      Native.bind("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));

  private Memory() {}

  /// Takes memory. It lives until [#unmap]; nobody may use it after that.
  ///
  /// @throws OutOfMemoryError if the kernel has none
  @SuppressWarnings("restricted")
  public static MemorySegment map(long sizeBytes) {
    try {
      MemorySegment state = Native.state();
      long address =
          (long)
              MMAP.invokeExact(
                  state, 0L, sizeBytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0L);
      if (address == -1) {
        throw new OutOfMemoryError("the kernel maps no memory bytes=" + sizeBytes);
      }
      return MemorySegment.ofAddress(address).reinterpret(sizeBytes);
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /// Sees memory that is there already. Whoever gave the address keeps it valid.
  @SuppressWarnings("restricted")
  public static MemorySegment at(long address, long sizeBytes) {
    return MemorySegment.ofAddress(address).reinterpret(sizeBytes);
  }

  /// Gives memory of [#map] back, the whole of it.
  public static void unmap(MemorySegment memory) {
    try {
      MemorySegment state = Native.state();
      int returned = (int) MUNMAP.invokeExact(state, memory.address(), memory.byteSize());
      assert Native.result(returned, state) == 0;
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }
}
