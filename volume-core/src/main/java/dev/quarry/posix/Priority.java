package dev.quarry.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// How the kernel shares processors among the threads of this process. Java's own thread priorities
/// have no effect on Linux.
public final class Priority {
  private static final int PRIO_PROCESS = 0; // on Linux: a thread
  private static final int CALLING_THREAD = 0;

  /// A tenth of the weight of an ordinary thread (sched(7), "The nice value"): work in the
  /// background gets all of an idle processor, and hardly delays those who answer a client. Not
  /// less: a thread that holds a lock for a moment has to get on with it.
  private static final int BACKGROUND = 10;

  private static final MethodHandle SETPRIORITY =
      Native.bind("setpriority", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));

  private Priority() {}

  /// Runs a platform thread's work in the background. It stays there: going back needs a privilege.
  /// A kernel that refuses leaves the thread as it is.
  public static Runnable background(Runnable work) {
    return () -> {
      toBackground();
      work.run();
    };
  }

  private static void toBackground() {
    try {
      MemorySegment state = Native.state();
      int _ = (int) SETPRIORITY.invokeExact(state, PRIO_PROCESS, CALLING_THREAD, BACKGROUND);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }
}
