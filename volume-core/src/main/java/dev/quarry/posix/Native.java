package dev.quarry.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Binds functions of the C library so that their error number is kept.
///
/// A bound function takes, before its own arguments, the segment that the error number is written
/// to: one per thread, so that a call allocates nothing.
final class Native {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LIBC = LINKER.defaultLookup();
  private static final long ERRNO_OFFSET =
      Linker.Option.captureStateLayout().byteOffset(MemoryLayout.PathElement.groupElement("errno"));
  private static final ThreadLocal<MemorySegment> STATE =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(Linker.Option.captureStateLayout()));

  private Native() {}

  /// Binds a function whose arguments and result are integers or addresses.
  @SuppressWarnings("restricted")
  static MethodHandle bind(String name, FunctionDescriptor type) {
    MemorySegment address =
        LIBC.find(name)
            .orElseThrow(() ->
                new IllegalStateException(
                    "the C library has no function "
                        + name
                        + "; Quarry runs on Linux with glibc 2.26 or newer"));
    return LINKER.downcallHandle(address, type, Linker.Option.captureCallState("errno"));
  }

  /// The calling thread's segment for the error number.
  static MemorySegment state() {
    return STATE.get();
  }

  /// The kernel's convention: the result if it is not negative, else the error number, negated.
  static long result(long returned, MemorySegment state) {
    return returned >= 0 ? returned : -state.get(ValueLayout.JAVA_INT, ERRNO_OFFSET);
  }

  /// What a failed `invokeExact` means: a binding of the wrong type, never a failed system call.
  static AssertionError unexpected(Throwable cause) {
    return new AssertionError("native call failed to link", cause);
  }
}
