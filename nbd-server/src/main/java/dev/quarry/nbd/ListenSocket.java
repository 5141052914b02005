package dev.quarry.nbd;

import dev.quarry.posix.Errno;
import dev.quarry.posix.Sockets;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/// A socket that takes connections at one address.
final class ListenSocket implements AutoCloseable {
  private static final int BACKLOG = 1024;
  private static final int FILE_TYPE = 0170000;
  private static final int SOCKET_FILE = 0140000;

  // A peer that is gone without a word is noticed after about two minutes (tcp(7)).
  private static final int KEEPALIVE_IDLE_SECONDS = 60;
  private static final int KEEPALIVE_INTERVAL_SECONDS = 15;
  private static final int KEEPALIVE_PROBES = 4;

  /// What a Unix socket may hold for a client that is busy, in bytes; TCP finds its own measure.
  private static final int UNIX_SEND_BYTES = 1 << 20;

  private final int fd;
  private final ListenAddress address;
  private final Rules rules;

  /// What holds for those who connect at an address.
  ///
  /// @param callers where they may come from; from anywhere if empty
  record Rules(TlsPolicy tls, List<AddressRange> callers) {

    static Rules of(NbdSettings settings, ListenAddress address) {
      return new Rules(
          settings.tls().getOrDefault(address, TlsPolicy.OFF),
          settings.callers().getOrDefault(address, List.of()));
    }
  }

  private ListenSocket(int fd, ListenAddress address, Rules rules) {
    this.fd = fd;
    this.address = address;
    this.rules = rules;
  }

  /// Begins to listen.
  ///
  /// @throws BindException if that is not possible at this address; the message says why
  static ListenSocket open(ListenAddress address, Rules rules) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      return switch (address) {
        case ListenAddress.Tcp tcp -> openTcp(arena, tcp, rules);
        case ListenAddress.Unix unix -> openUnix(arena, unix, rules);
      };
    }
  }

  /// How those who connect here talk through TLS.
  TlsPolicy tls() {
    return rules.tls();
  }

  /// Whether a client may connect here.
  boolean admits(Client client) {
    return client.host().isEmpty()
        || rules.callers().isEmpty()
        || rules.callers().stream().anyMatch(range -> range.contains(client.host().get()));
  }

  /// For polling only.
  int descriptor() {
    return fd;
  }

  /// Where it listens, with the port that was found if any was asked for.
  ListenAddress address() {
    return address;
  }

  /// Takes a connection.
  ///
  /// @return its descriptor, or the negative of an [Errno]
  int accept() {
    int accepted = Sockets.accept4(fd);
    if (accepted >= 0) {
      switch (address) {
        case ListenAddress.Tcp _ -> tuneTcp(accepted);
        case ListenAddress.Unix _ ->
            Sockets.setsockopt(accepted, Sockets.SOL_SOCKET, Sockets.SO_SNDBUF, UNIX_SEND_BYTES);
      }
    }
    return accepted;
  }

  /// Stops listening; the file of a Unix socket goes.
  @Override
  public void close() throws IOException {
    dev.quarry.posix.Files.close(fd);
    if (address instanceof ListenAddress.Unix(Path path)) {
      Files.deleteIfExists(path);
    }
  }

  private static ListenSocket openTcp(Arena arena, ListenAddress.Tcp address, Rules rules)
      throws IOException {
    if (address.host().isEmpty()) {
      int fd = Sockets.socket(Sockets.AF_INET6);
      if (fd >= 0) { // takes IPv4 connections too
        Sockets.setsockopt(fd, Sockets.IPPROTO_IPV6, Sockets.IPV6_V6ONLY, 0);
        return listenTcp(arena, fd, InetAddress.getByAddress(new byte[16]), address, rules);
      }
      return listenTcp(
          arena, socket(Sockets.AF_INET), InetAddress.getByAddress(new byte[4]), address, rules);
    }
    InetAddress host;
    try {
      host = InetAddress.getByName(address.host());
    } catch (UnknownHostException e) {
      throw refused("host name not known", address);
    }
    boolean ipv6 = host.getAddress().length == 16;
    return listenTcp(
        arena, socket(ipv6 ? Sockets.AF_INET6 : Sockets.AF_INET), host, address, rules);
  }

  private static ListenSocket listenTcp(
      Arena arena, int fd, InetAddress host, ListenAddress.Tcp address, Rules rules)
      throws IOException {
    Sockets.setsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_REUSEADDR, 1);
    listen(fd, SocketAddress.of(arena, host, address.port()), address);
    MemorySegment name = arena.allocate(Sockets.ADDRESS_BYTES, 8);
    int length = Sockets.getsockname(fd, name);
    int port =
        new SocketAddress(name, length).internet().map(InetSocketAddress::getPort).orElseThrow();
    return new ListenSocket(fd, new ListenAddress.Tcp(address.host(), port), rules);
  }

  private static ListenSocket openUnix(Arena arena, ListenAddress.Unix address, Rules rules)
      throws IOException {
    SocketAddress at = SocketAddress.of(arena, address.path());
    removeStale(at, address);
    int fd = socket(Sockets.AF_UNIX);
    listen(fd, at, address);
    return new ListenSocket(fd, address, rules);
  }

  /// Deletes the file of a server that is gone; one that answers, or no socket at all, stays.
  private static void removeStale(SocketAddress at, ListenAddress.Unix address) throws IOException {
    Path path = address.path();
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if ((mode & FILE_TYPE) != SOCKET_FILE) {
      throw refused("a file that is no socket is in the way", address);
    }
    int fd = socket(Sockets.AF_UNIX);
    int connected = Sockets.connect(fd, at.memory(), at.length());
    dev.quarry.posix.Files.close(fd);
    if (connected != -Errno.ECONNREFUSED) {
      throw refused("another server listens there", address);
    }
    Files.delete(path);
  }

  private static int socket(int family) throws IOException {
    int fd = Sockets.socket(family);
    if (fd < 0) {
      throw new IOException("no socket to be had error=" + Errno.name(-fd));
    }
    return fd;
  }

  private static void listen(int fd, SocketAddress at, ListenAddress address) throws IOException {
    int result = Sockets.bind(fd, at.memory(), at.length());
    if (result == 0) {
      result = Sockets.listen(fd, BACKLOG);
    }
    if (result < 0) {
      dev.quarry.posix.Files.close(fd);
      throw refused(
          switch (-result) {
            case Errno.EADDRINUSE -> "another program listens there";
            case Errno.EADDRNOTAVAIL -> "not an address of this machine";
            case Errno.EACCES -> "permission denied";
            case Errno.ENOENT -> "its folder does not exist";
            default -> Errno.name(-result);
          },
          address);
    }
  }

  private static BindException refused(String why, ListenAddress address) {
    return new BindException("cannot listen: %s address=%s".formatted(why, address));
  }

  private static void tuneTcp(int fd) {
    Sockets.setsockopt(fd, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY, 1);
    Sockets.setsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_KEEPALIVE, 1);
    Sockets.setsockopt(fd, Sockets.IPPROTO_TCP, Sockets.TCP_KEEPIDLE, KEEPALIVE_IDLE_SECONDS);
    Sockets.setsockopt(fd, Sockets.IPPROTO_TCP, Sockets.TCP_KEEPINTVL, KEEPALIVE_INTERVAL_SECONDS);
    Sockets.setsockopt(fd, Sockets.IPPROTO_TCP, Sockets.TCP_KEEPCNT, KEEPALIVE_PROBES);
  }
}
