package dev.quarry.nbd;

import dev.quarry.posix.Errno;
import dev.quarry.posix.Sockets;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes connections at all addresses of a server, and goes on whatever happens to one of them.
///
/// When the process has run out of descriptors, memory or threads, it takes none for a moment and
/// then tries again; clients wait in the backlog meanwhile.
final class Acceptor {
  private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);
  private static final long PAUSE_NANOS = 100_000_000;

  private final List<ListenSocket> listening;
  private final Waker waker;
  private final Taker taker;
  private boolean exhausted;

  /// Gets each new connection.
  interface Taker {
    /// Takes a connection's descriptor, to keep or close.
    ///
    /// @return whether there was enough of everything for it
    boolean take(int fd, ListenSocket from);
  }

  Acceptor(List<ListenSocket> listening, Waker waker, Taker taker) {
    this.listening = listening;
    this.waker = waker;
    this.taker = taker;
  }

  /// Takes connections until `closing` says so; who changes that wakes the waker.
  void run(BooleanSupplier closing) {
    try (Poller poller = new Poller(listening.size() + 1)) {
      while (!closing.getAsBoolean()) {
        await(poller);
        boolean enough = true;
        for (ListenSocket socket : listening) {
          enough &= accept(socket);
        }
        exhausted = !enough;
      }
    }
  }

  private void await(Poller poller) {
    if (!waker.arm()) {
      return;
    }
    for (int i = 0; i < listening.size(); i++) {
      poller.watch(i, listening.get(i).descriptor(), exhausted ? 0 : Sockets.POLLIN);
    }
    poller.watch(listening.size(), waker.descriptor(), Sockets.POLLIN);
    poller.await(exhausted ? PAUSE_NANOS : -1);
    waker.disarm();
  }

  /// Takes a connection if there is one.
  ///
  /// @return false if the process has run out of something
  private boolean accept(ListenSocket socket) {
    int fd = socket.accept();
    if (fd >= 0) {
      return taker.take(fd, socket);
    }
    return switch (-fd) {
      case Errno.EAGAIN, Errno.EINTR, Errno.ECONNABORTED -> true;
      default -> {
        if (!exhausted) {
          LOG.warn(
              "cannot accept for the moment address={} error={}",
              socket.address(),
              Errno.name(-fd));
        }
        yield false;
      }
    };
  }
}
