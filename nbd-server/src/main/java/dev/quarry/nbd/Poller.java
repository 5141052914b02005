package dev.quarry.nbd;

import dev.quarry.posix.Errno;
import dev.quarry.posix.Sockets;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Waits for a few descriptors. For one thread.
final class Poller implements AutoCloseable {
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment polls;
  private final int count;

  /// @param count how many descriptors it waits for
  Poller(int count) {
    this.polls = arena.allocate((long) count * Sockets.POLL_BYTES, Sockets.POLL_BYTES);
    this.count = count;
  }

  /// Sets what to wait for at a descriptor: [Sockets#POLLIN] or [Sockets#POLLOUT], both or neither.
  void watch(int index, int fd, int events) {
    Sockets.setPoll(polls, index, events == 0 ? -1 : fd, (short) events);
  }

  /// Waits until something happens, or for `timeoutNanos` if that is not negative.
  void await(long timeoutNanos) {
    int ready = Sockets.ppoll(polls, count, timeoutNanos);
    if (ready < 0 && ready != -Errno.EINTR) {
      throw new IllegalStateException("poll failed error=" + Errno.name(-ready));
    }
  }

  /// Whether bytes can be received at a descriptor, or an end or an error can be found there.
  boolean readable(int index) {
    return (Sockets.polled(polls, index) & ~Sockets.POLLOUT) != 0;
  }

  @Override
  public void close() {
    arena.close();
  }
}
