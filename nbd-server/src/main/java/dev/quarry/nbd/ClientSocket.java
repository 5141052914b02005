package dev.quarry.nbd;

import dev.quarry.posix.Errno;
import dev.quarry.posix.Files;
import dev.quarry.posix.Sockets;

/// The connected socket of one client. One thread receives and sends; any thread may end it.
final class ClientSocket implements ClientStream {
  private final int fd;
  private boolean closed; // guarded by this

  ClientSocket(int fd) {
    this.fd = fd;
  }

  @Override
  public int descriptor() {
    return fd;
  }

  @Override
  public long receive(long address, long room) throws ClientGone {
    long count;
    do {
      count = Sockets.recv(fd, address, room, 0);
    } while (count == -Errno.EINTR);
    return received(count);
  }

  @Override
  public long receiveNow(long address, long room) throws ClientGone {
    long count = Sockets.recv(fd, address, room, Sockets.MSG_DONTWAIT);
    return count == -Errno.EAGAIN || count == -Errno.EINTR ? NOTHING : received(count);
  }

  @Override
  public boolean readable() {
    return false;
  }

  @Override
  public boolean flushNow() {
    return true;
  }

  @Override
  public boolean pending() {
    return false;
  }

  @Override
  public long sendNow(long address, long length) throws ClientGone {
    long count = Sockets.send(fd, address, length, Sockets.MSG_DONTWAIT);
    if (count >= 0) {
      return count;
    }
    if (count == -Errno.EAGAIN || count == -Errno.EINTR) {
      return 0;
    }
    throw new ClientGone("send failed error=" + Errno.name((int) -count));
  }

  /// Lets the receiving thread see the end of the stream after what has arrived already.
  synchronized void endInput() {
    if (!closed) {
      Sockets.shutdown(fd, Sockets.SHUT_RD);
    }
  }

  /// Ends both directions.
  synchronized void end() {
    if (!closed) {
      Sockets.shutdown(fd, Sockets.SHUT_RDWR);
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      Files.close(fd);
    }
  }

  private static long received(long count) throws ClientGone {
    if (count < 0) {
      throw new ClientGone("receive failed error=" + Errno.name((int) -count));
    }
    return count;
  }
}
