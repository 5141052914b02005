package dev.quarry.load;

import dev.quarry.posix.Errno;
import dev.quarry.posix.Files;
import dev.quarry.posix.Sockets;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// A connected socket that never blocks, but where it says so. For one thread at a time.
final class NbdSocket implements AutoCloseable {
  private static final int EINPROGRESS = 115; // asm-generic/errno.h
  private static final long TIMEOUT_NANOS = 10_000_000_000L;
  private static final ValueLayout.OfShort PORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final int fd;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment poll = arena.allocate(Sockets.POLL_BYTES, Sockets.POLL_BYTES);

  private NbdSocket(int fd) {
    this.fd = fd;
  }

  static NbdSocket connect(NbdUri.Server server) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = address(arena, server);
      int fd = Sockets.socket(address.get(ValueLayout.JAVA_SHORT, 0));
      if (fd < 0) {
        throw new NbdException("no socket can be made error=" + Errno.name(-fd));
      }
      NbdSocket socket = new NbdSocket(fd);
      try {
        socket.connect(server, address);
      } catch (RuntimeException e) {
        socket.close();
        throw e;
      }
      return socket;
    }
  }

  private void connect(NbdUri.Server server, MemorySegment address) {
    int connected = Sockets.connect(fd, address, (int) address.byteSize());
    if (connected == -EINPROGRESS) {
      await(Sockets.POLLOUT, TIMEOUT_NANOS);
      try (Arena peer = Arena.ofConfined()) {
        connected = Math.min(0, Sockets.getpeername(fd, peer.allocate(Sockets.ADDRESS_BYTES, 8)));
      }
    }
    if (connected < 0) {
      throw new NbdException("no server answers at " + server + " error=" + Errno.name(-connected));
    }
    if (server instanceof NbdUri.Server.Tcp) {
      Sockets.setsockopt(fd, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY, 1);
    }
  }

  /// The kernel's `struct sockaddr_un`, `sockaddr_in` or `sockaddr_in6` (unix(7), ip(7), ipv6(7)).
  private static MemorySegment address(Arena arena, NbdUri.Server server) {
    return switch (server) {
      case NbdUri.Server.Unix(var path) -> {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        MemorySegment memory = arena.allocate(2L + name.length + 1, 2);
        memory.set(ValueLayout.JAVA_SHORT, 0, (short) Sockets.AF_UNIX);
        MemorySegment.copy(name, 0, memory, ValueLayout.JAVA_BYTE, 2, name.length);
        yield memory;
      }
      case NbdUri.Server.Tcp(var host, var port) -> {
        InetAddress found = resolve(host);
        boolean ipv6 = found instanceof Inet6Address;
        MemorySegment memory = arena.allocate(ipv6 ? 28 : 16, 8);
        memory.set(ValueLayout.JAVA_SHORT, 0, (short) (ipv6 ? Sockets.AF_INET6 : Sockets.AF_INET));
        memory.set(PORT, 2, (short) port);
        byte[] bytes = found.getAddress();
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, ipv6 ? 8 : 4, bytes.length);
        yield memory;
      }
    };
  }

  private static InetAddress resolve(String host) {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new NbdException("host is unknown host=" + host);
    }
  }

  /// Waits until bytes can be received, or sent if `events` says so as well.
  void await(int events, long timeoutNanos) {
    Sockets.setPoll(poll, 0, fd, (short) events);
    int ready = Sockets.ppoll(poll, 1, timeoutNanos);
    if (ready < 0 && ready != -Errno.EINTR) {
      throw new NbdException("poll failed error=" + Errno.name(-ready));
    }
  }

  /// Receives what is there; 0 if nothing is.
  long receive(MemorySegment into, long at, long room) {
    long count = Sockets.recv(fd, into.address() + at, room, Sockets.MSG_DONTWAIT);
    if (count == 0) {
      throw new NbdException("the server has ended the connection");
    }
    return orNothing(count);
  }

  /// Sends what there is room for; 0 if there is none.
  long send(MemorySegment from, long at, long length) {
    return orNothing(Sockets.send(fd, from.address() + at, length, Sockets.MSG_DONTWAIT));
  }

  private static long orNothing(long count) {
    if (count >= 0) {
      return count;
    }
    if (count == -Errno.EAGAIN || count == -Errno.EINTR) {
      return 0;
    }
    throw new NbdException("the connection failed error=" + Errno.name((int) -count));
  }

  /// Receives all of `length` bytes.
  void receiveAll(MemorySegment into, long length) {
    long done = 0;
    long end = System.nanoTime() + TIMEOUT_NANOS;
    while (done < length) {
      long count = receive(into, done, length - done);
      done += count;
      if (count == 0) {
        await(Sockets.POLLIN, waitUntil(end));
      }
    }
  }

  /// Sends all of `length` bytes.
  void sendAll(MemorySegment from, long length) {
    long done = 0;
    long end = System.nanoTime() + TIMEOUT_NANOS;
    while (done < length) {
      long count = send(from, done, length - done);
      done += count;
      if (count == 0) {
        await(Sockets.POLLOUT, waitUntil(end));
      }
    }
  }

  private static long waitUntil(long end) {
    long left = end - System.nanoTime();
    if (left <= 0) {
      throw new NbdException("the server did not answer in 10 s");
    }
    return left;
  }

  @Override
  public void close() {
    Files.close(fd);
    arena.close();
  }
}
