package dev.quarry.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// How much later than asked the kernel may wake a thread, to wake several at once.
public final class TimerSlack {
  private static final int PR_SET_TIMERSLACK = 29; // linux/prctl.h
  private static final long LEAST_NANOS = 1; // 0 means the default, 50 µs

  private static final MethodHandle PRCTL =
      Native.bind("prctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));

  private TimerSlack() {}

  /// Has the calling thread woken as close to the time as the machine can (prctl(2)). For threads
  /// that measure; it costs others wake-ups. A kernel that refuses leaves the thread as it is.
  public static void least() {
    try {
      MemorySegment state = Native.state();
      int _ = (int) PRCTL.invokeExact(state, PR_SET_TIMERSLACK, LEAST_NANOS);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }
}
