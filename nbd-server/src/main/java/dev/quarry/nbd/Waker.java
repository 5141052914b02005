package dev.quarry.nbd;

import dev.quarry.posix.Errno;
import dev.quarry.posix.Files;
import dev.quarry.posix.Sockets;
import java.io.IOException;

/// Wakes a thread that waits in a poll. That thread calls [#arm], polls [#descriptor], and calls
/// [#disarm]. A wake-up during the poll costs a system call; one before it costs nothing and is not
/// lost: the next [#arm] says not to wait.
final class Waker implements AutoCloseable {
  private final int fd;
  private boolean armed; // guarded by this
  private boolean woken; // guarded by this; and not seen yet
  private boolean raised; // guarded by this
  private boolean closed; // guarded by this

  private Waker(int fd) {
    this.fd = fd;
  }

  static Waker open() throws IOException {
    int fd = Sockets.eventfd();
    if (fd < 0) {
      throw new IOException("no event descriptor error=" + Errno.name(-fd));
    }
    return new Waker(fd);
  }

  int descriptor() {
    return fd;
  }

  /// Prepares to wait.
  ///
  /// @return false if there was a wake-up since: look for work again first
  synchronized boolean arm() {
    armed = !woken;
    woken = false;
    return armed;
  }

  synchronized void disarm() {
    armed = false;
    if (raised) {
      raised = false;
      Sockets.clear(fd);
    }
  }

  /// Ends the poll under way, or keeps the next from waiting. Allowed after [#close].
  synchronized void wake() {
    if (!armed) {
      woken = true;
    } else if (!closed) {
      armed = false;
      raised = true;
      Sockets.raise(fd);
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      Files.close(fd);
    }
  }
}
