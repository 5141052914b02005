package dev.quarry.nbd;

import dev.quarry.posix.Sockets;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An NBD server: listens, and gives every client a connection with a thread of its own.
///
/// Safe for use by many threads.
public final class NbdServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NbdServer.class);

  /// How long [#close] lets clients finish.
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final NbdSettings settings;
  private final List<ListenSocket> listening;
  private final Connection.Shared shared;
  private final Waker waker;
  private final Thread acceptor;
  private final Set<Connection> connections = new HashSet<>(); // guarded by this
  private boolean closing; // guarded by this
  private boolean accepting = true; // guarded by this
  private boolean full; // guarded by this; clients are turned away, and the operator was told
  private long connectionCount; // of the acceptor

  private NbdServer(
      NbdSettings settings, Exports exports, List<ListenSocket> listening, Waker waker) {
    this.settings = settings;
    this.listening = listening;
    this.waker = waker;
    this.shared =
        new Connection.Shared(
            exports,
            new Workers(settings.workers()),
            new BufferPool(settings.bufferBytes()),
            settings.handshakeTimeout().toNanos());
    this.acceptor = Thread.ofPlatform().daemon().name("nbd-accept").unstarted(this::acceptAll);
  }

  /// Begins to serve.
  ///
  /// @throws java.net.BindException if an address cannot be listened at; the message names it and
  ///   says why, and the server listens nowhere
  public static NbdServer start(NbdSettings settings, Exports exports) throws IOException {
    List<ListenSocket> listening = new ArrayList<>();
    try {
      for (ListenAddress address : settings.addresses()) {
        listening.add(ListenSocket.open(address, ListenSocket.Rules.of(settings, address)));
      }
      NbdServer server = new NbdServer(settings, exports, listening, Waker.open());
      server.acceptor.start();
      server.addresses().forEach(address -> LOG.info("serving NBD address={}", address));
      return server;
    } catch (IOException e) {
      closeAll(listening);
      throw e;
    }
  }

  /// Where it listens, each with its real port.
  public List<ListenAddress> addresses() {
    return listening.stream().map(ListenSocket::address).toList();
  }

  /// What is connected now, in the order of arrival.
  public synchronized List<ConnectionStatus> connections() {
    return connections.stream()
        .map(Connection::status)
        .sorted(Comparator.comparingLong(status -> status.client().connection()))
        .toList();
  }

  /// How much of the buffer budget is in use, in bytes.
  public long bufferBytes() {
    return shared.pool().heldBytes();
  }

  /// Stops listening, carries out and answers the requests that have arrived, and ends all
  /// connections. What is left after the timeout is broken off; requests that a device is busy with
  /// have ten seconds more and are then left to themselves.
  ///
  /// @return whether no connection had to be broken off
  public boolean shutdown(Duration timeout) {
    synchronized (this) {
      closing = true;
      connections.forEach(Connection::finish);
    }
    waker.wake();
    boolean finished = awaitEnd(timeout);
    if (!finished) {
      synchronized (this) {
        LOG.warn("breaking off clients that do not finish connections={}", connections.size());
        connections.forEach(Connection::abandon);
      }
      if (!awaitEnd(CLOSE_TIMEOUT)) {
        LOG.warn("a device is still busy with requests, not waiting for it");
        return false;
      }
    }
    shared.workers().close();
    shared.pool().close();
    return finished;
  }

  /// Shuts down and gives clients ten seconds for it.
  @Override
  public void close() {
    shutdown(CLOSE_TIMEOUT);
  }

  private synchronized boolean awaitEnd(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    boolean interrupted = false;
    while (accepting || !connections.isEmpty()) {
      long leftMillis = (deadline - System.nanoTime() + 999_999) / 1_000_000;
      if (leftMillis <= 0) {
        break;
      }
      try {
        wait(leftMillis);
      } catch (InterruptedException e) {
        interrupted = true; // the time-out bounds this wait
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return !accepting && connections.isEmpty();
  }

  private void acceptAll() {
    try {
      new Acceptor(listening, waker, this::take).run(this::closing);
    } catch (RuntimeException | Error e) {
      LOG.error("the server accepts no more connections", e);
    } finally {
      closeAll(listening);
      waker.close();
      synchronized (this) {
        accepting = false;
        notifyAll();
      }
    }
  }

  /// Gives a client a connection, or turns it away.
  ///
  /// @return false if the process has run out of something
  private boolean take(int fd, ListenSocket from) {
    ClientSocket socket = new ClientSocket(fd);
    Client client = clientOf(fd, ++connectionCount);
    if (!from.admits(client)) {
      LOG.debug("turned a client away that may not connect client={}", client.address());
      socket.close();
      return true;
    }
    Waker waking;
    try {
      waking = Waker.open();
    } catch (IOException e) {
      socket.close();
      return false;
    }
    Connection connection = new Connection(client, socket, from.tls(), waking, shared, this::ended);
    boolean added = add(connection);
    boolean started = added && start(connection);
    if (!started) {
      socket.close();
      waking.close();
    }
    return started || !added;
  }

  private boolean start(Connection connection) {
    try {
      Thread.ofPlatform().daemon().name("nbd-" + connectionCount).start(connection);
      return true;
    } catch (OutOfMemoryError e) {
      LOG.warn("no thread for a client", e);
      ended(connection);
      return false;
    }
  }

  private synchronized boolean add(Connection connection) {
    if (closing) {
      return false;
    }
    if (connections.size() >= settings.connectionLimit()) {
      if (!full) {
        full = true;
        LOG.warn("turning clients away, too many are connected limit={}", connections.size());
      }
      return false;
    }
    full = false;
    connections.add(connection);
    return true;
  }

  private synchronized void ended(Connection connection) {
    connections.remove(connection);
    notifyAll();
  }

  private synchronized boolean closing() {
    return closing;
  }

  private static Client clientOf(int fd, long number) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(Sockets.ADDRESS_BYTES, 8);
      int length = Sockets.getpeername(fd, name);
      Optional<InetSocketAddress> peer =
          length < 0 ? Optional.empty() : new SocketAddress(name, length).internet();
      return new Client(
          number,
          peer.map(NbdServer::text).orElse("unix"),
          peer.map(InetSocketAddress::getAddress),
          Optional.empty());
    }
  }

  private static String text(InetSocketAddress peer) {
    InetAddress host = peer.getAddress();
    return new ListenAddress.Tcp(host.getHostAddress(), peer.getPort()).toString();
  }

  private static void closeAll(List<ListenSocket> listening) {
    for (ListenSocket socket : listening) {
      try {
        socket.close();
      } catch (IOException e) {
        LOG.warn("cannot delete the file of a socket address={}", socket.address(), e);
      }
    }
  }
}
