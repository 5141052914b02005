package dev.quarry.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Socket calls on descriptors, and what is needed to wait for several of them. Each answers a
/// count or a descriptor (0 where there is none) or the negative of an [Errno]. Calls that a signal
/// interrupted are for the caller to repeat.
///
/// The numbers are those of Linux on x86-64 and aarch64 (asm-generic/socket.h, linux/in.h, in6.h,
/// tcp.h, asm-generic/poll.h).
public final class Sockets {
  public static final int AF_UNIX = 1;
  public static final int AF_INET = 2;
  public static final int AF_INET6 = 10;

  public static final int SOL_SOCKET = 1;
  public static final int SO_REUSEADDR = 2;
  public static final int SO_SNDBUF = 7;
  public static final int SO_KEEPALIVE = 9;
  public static final int IPPROTO_TCP = 6;
  public static final int TCP_NODELAY = 1;
  public static final int TCP_KEEPIDLE = 4;
  public static final int TCP_KEEPINTVL = 5;
  public static final int TCP_KEEPCNT = 6;
  public static final int IPPROTO_IPV6 = 41;
  public static final int IPV6_V6ONLY = 26;

  /// Fail with EAGAIN instead of waiting.
  public static final int MSG_DONTWAIT = 0x40;

  public static final int SHUT_RD = 0;
  public static final int SHUT_RDWR = 2;

  public static final short POLLIN = 1;
  public static final short POLLOUT = 4;

  /// The bytes of one `struct pollfd`.
  public static final int POLL_BYTES = 8;

  /// The bytes of the longest address, a `struct sockaddr_storage`.
  public static final int ADDRESS_BYTES = 128;

  private static final int SOCK_STREAM = 1;
  private static final int SOCK_NONBLOCK = 0x800;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int EFD_NONBLOCK = 0x800;
  private static final int EFD_CLOEXEC = 0x80000;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private static final MethodHandle SOCKET =
      Native.bind("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle BIND =
      Native.bind("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle LISTEN =
      Native.bind("listen", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle ACCEPT4 =
      Native.bind(
          "accept4", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
  private static final MethodHandle CONNECT =
      Native.bind("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle RECV =
      Native.bind(
          "recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
  private static final MethodHandle SEND =
      Native.bind(
          "send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
  private static final MethodHandle SHUTDOWN =
      Native.bind("shutdown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle SETSOCKOPT =
      Native.bind(
          "setsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle GETSOCKNAME =
      Native.bind("getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle GETPEERNAME =
      Native.bind("getpeername", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle PPOLL =
      Native.bind("ppoll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG));
  private static final MethodHandle EVENTFD =
      Native.bind("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle READ =
      Native.bind("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle WRITE =
      Native.bind("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

  /// For arguments that the kernel takes by address: a timespec, a counter, an int.
  private static final ThreadLocal<MemorySegment> SCRATCH =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(16, 8));

  private Sockets() {}

  /// Makes a stream socket of an address family, to listen or connect without waiting.
  public static int socket(int family) {
    try {
      MemorySegment state = Native.state();
      int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
      int fd = (int) SOCKET.invokeExact(state, family, type, 0);
      return (int) Native.result(fd, state);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /// Gives a socket its own address, a `struct sockaddr` of `length` bytes.
  public static int bind(int fd, MemorySegment address, int length) {
    try {
      MemorySegment state = Native.state();
      return (int) Native.result((int) BIND.invokeExact(state, fd, address, length), state);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /// Begins to take connections; up to `backlog` wait to be accepted.
  public static int listen(int fd, int backlog) {
    try {
      MemorySegment state = Native.state();
      return (int) Native.result((int) LISTEN.invokeExact(state, fd, backlog), state);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /// Takes a connection, a socket that waits; answers its descriptor.
  public static int accept4(int fd) {
    try {
      MemorySegment state = Native.state();
      return (int) Native.result((int) ACCEPT4.invokeExact(state, fd, 0L, 0L, SOCK_CLOEXEC), state);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /// Connects to an address, a `struct sockaddr` of `length` bytes.
  public static int connect(int fd, MemorySegment address, int length) {
    try {
      MemorySegment state = Native.state();
      return (int) Native.result((int) CONNECT.invokeExact(state, fd, address, length), state);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /// Receives what is there, at most `length` bytes; 0 at the end of the stream.
  public static long recv(int fd, long address, long length, int flags) {
    try {
      MemorySegment state = Native.state();
      return Native.result((long) RECV.invokeExact(state, fd, address, length, flags), state);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /// Sends, perhaps only a part. A peer that is gone is -EPIPE and no signal.
  public static long send(int fd, long address, long length, int flags) {
    try {
      MemorySegment state = Native.state();
      int all = flags | MSG_NOSIGNAL;
      return Native.result((long) SEND.invokeExact(state, fd, address, length, all), state);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /// Ends a direction of a connection, as `how` says, for every thread that uses it.
  public static int shutdown(int fd, int how) {
    try {
      MemorySegment state = Native.state();
      return (int) Native.result((int) SHUTDOWN.invokeExact(state, fd, how), state);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /// Sets an option whose value is an `int`.
  public static int setsockopt(int fd, int level, int option, int value) {
    try {
      MemorySegment state = Native.state();
      MemorySegment scratch = SCRATCH.get();
      scratch.set(JAVA_INT, 0, value);
      int returned = (int) SETSOCKOPT.invokeExact(state, fd, level, option, scratch, 4);
      return (int) Native.result(returned, state);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /// Writes a socket's own address to `address`; answers its length in bytes.
  public static int getsockname(int fd, MemorySegment address) {
    return name(GETSOCKNAME, fd, address);
  }

  /// Writes the address of a socket's peer to `address`; answers its length in bytes.
  public static int getpeername(int fd, MemorySegment address) {
    return name(GETPEERNAME, fd, address);
  }

  private static int name(MethodHandle call, int fd, MemorySegment address) {
    try {
      MemorySegment state = Native.state();
      MemorySegment length = SCRATCH.get();
      length.set(JAVA_INT, 0, (int) address.byteSize());
      int returned = (int) call.invokeExact(state, fd, address, length);
      return returned < 0 ? (int) Native.result(returned, state) : length.get(JAVA_INT, 0);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /// Waits until one of `count` descriptors is ready; answers how many are, 0 after `timeoutNanos`.
  ///
  /// @param polls an array of `struct pollfd`, see [#setPoll] and [#polled]
  /// @param timeoutNanos negative to wait without end
  public static int ppoll(MemorySegment polls, int count, long timeoutNanos) {
    try {
      MemorySegment state = Native.state();
      MemorySegment timeout = MemorySegment.NULL;
      if (timeoutNanos >= 0) {
        timeout = SCRATCH.get();
        timeout.set(JAVA_LONG, 0, timeoutNanos / NANOS_PER_SECOND);
        timeout.set(JAVA_LONG, 8, timeoutNanos % NANOS_PER_SECOND);
      }
      int ready = (int) PPOLL.invokeExact(state, polls, (long) count, timeout, 0L);
      return (int) Native.result(ready, state);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /// Writes the `struct pollfd` number `index`: what to wait for. A negative descriptor is skipped.
  public static void setPoll(MemorySegment polls, int index, int fd, short events) {
    long at = (long) index * POLL_BYTES;
    polls.set(JAVA_INT, at, fd);
    polls.set(JAVA_SHORT, at + 4, events);
    polls.set(JAVA_SHORT, at + 6, (short) 0);
  }

  /// What happened to the `struct pollfd` number `index`; not 0 also for errors and hang-ups.
  public static short polled(MemorySegment polls, int index) {
    return polls.get(JAVA_SHORT, (long) index * POLL_BYTES + 6);
  }

  /// Makes a counter that can be polled, beginning at 0.
  public static int eventfd() {
    try {
      MemorySegment state = Native.state();
      int fd = (int) EVENTFD.invokeExact(state, 0, EFD_NONBLOCK | EFD_CLOEXEC);
      return (int) Native.result(fd, state);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /// Adds 1 to a counter of [#eventfd]: it becomes ready to read.
  public static long raise(int fd) {
    try {
      MemorySegment state = Native.state();
      MemorySegment one = SCRATCH.get();
      one.set(JAVA_LONG, 0, 1);
      return Native.result((long) WRITE.invokeExact(state, fd, one, 8L), state);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /// Sets a counter of [#eventfd] back to 0; -EAGAIN if it was.
  public static long clear(int fd) {
    try {
      MemorySegment state = Native.state();
      return Native.result((long) READ.invokeExact(state, fd, SCRATCH.get(), 8L), state);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }
}
