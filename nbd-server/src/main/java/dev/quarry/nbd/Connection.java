package dev.quarry.nbd;

import dev.quarry.posix.Memory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One client from its first byte to its last. Whatever goes wrong in it ends it and nothing else.
final class Connection implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  private final ClientSocket socket;
  private final TlsPolicy tls;
  private final Waker waker;
  private final Shared shared;
  private final Consumer<Connection> ended;
  private final Counters counters = new Counters();
  private volatile Client client; // known better after a TLS handshake
  private volatile Optional<String> export = Optional.empty();
  private volatile boolean finishing;
  private volatile boolean abandoned;
  private volatile Optional<Transmission> transmission = Optional.empty();

  /// What all connections of a server have in common.
  record Shared(Exports exports, Workers workers, BufferPool pool, long handshakeNanos) {}

  /// @param socket closed by the connection
  /// @param waker closed by the connection
  /// @param ended called as the last thing
  Connection(
      Client client,
      ClientSocket socket,
      TlsPolicy tls,
      Waker waker,
      Shared shared,
      Consumer<Connection> ended) {
    this.client = client;
    this.socket = socket;
    this.tls = tls;
    this.waker = waker;
    this.shared = shared;
    this.ended = ended;
  }

  ConnectionStatus status() {
    return new ConnectionStatus(
        client,
        export,
        counters.requests(),
        counters.readBytes(),
        counters.writtenBytes(),
        counters.inFlight());
  }

  /// Lets the connection end after the requests that have arrived. Any thread may call it.
  void finish() {
    finishing = true;
    socket.endInput();
  }

  /// Ends the connection as soon as no worker is busy for it. Any thread may call it.
  void abandon() {
    abandoned = true;
    finishing = true;
    socket.end();
    transmission.ifPresent(Transmission::abandon);
  }

  @Override
  public void run() {
    try {
      serve();
    } catch (IOException e) {
      LOG.debug("connection broke off {} reason={}", this, e.getMessage());
    } catch (RuntimeException | Error e) {
      LOG.error("connection ended by an error of the server {}", this, e);
    } finally {
      waker.close();
      socket.close();
      ended.accept(this);
    }
  }

  private void serve() throws IOException {
    MemorySegment receiving = Memory.map(Input.CAPACITY);
    MemorySegment staging = Memory.map(Output.CAPACITY);
    try {
      Input input = new Input(receiving);
      serve(input, staging);
    } finally {
      Memory.unmap(receiving);
      Memory.unmap(staging);
    }
  }

  private void serve(Input input, MemorySegment staging) throws IOException {
    try (HandshakeStream stream =
        new HandshakeStream(socket, input, staging, shared.handshakeNanos(), System::nanoTime)) {
      Handshake handshake = new Handshake(stream, shared.exports(), tls, client, () -> finishing);
      Optional<Session> session = handshake.run();
      client = handshake.client();
      if (session.isPresent()) {
        transmit(session.get(), stream.transport(), input, staging);
      }
    }
  }

  private void transmit(Session session, ClientStream stream, Input input, MemorySegment staging)
      throws IOException {
    export = Optional.of(session.export().name());
    Thread.currentThread().setName("nbd-" + client.connection() + "-" + session.export().name());
    LOG.debug("client attached {}", this);
    try (Attachment _ = session.attachment();
        Transmission loop =
            new Transmission(
                stream,
                input,
                staging,
                session,
                shared.workers(),
                shared.pool(),
                waker,
                counters,
                new FailureLog(toString(), System::nanoTime))) {
      transmission = Optional.of(loop);
      if (abandoned) {
        loop.abandon();
      }
      loop.run();
    } finally {
      transmission = Optional.empty();
      LOG.debug(
          "client detached {} requests={} readBytes={} writtenBytes={}",
          this,
          counters.requests(),
          counters.readBytes(),
          counters.writtenBytes());
    }
  }

  @Override
  public String toString() {
    return "connection=%d client=%s export=%s"
        .formatted(client.connection(), client.address(), export.orElse(""));
  }
}
