package dev.quarry.objects;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// The network between a client and a real server, as it is on bad days. It carries bytes both ways
/// over loopback, except for the next request after [#next].
final class TroubledWire implements AutoCloseable {

  /// What becomes of a request or its answer.
  enum Trouble {
    NONE,
    /// The connection is reset when the request comes: the server never sees it.
    RESET,
    /// The server answers, and the connection is reset instead.
    LOSE_ANSWER,
    /// The server answers, and half of the first bytes arrive.
    CUT_ANSWER,
    /// Nothing is carried any more, and nothing is closed.
    STALL,
    /// The request never reaches the server: "503 Slow Down, again in 7 seconds".
    SLOW_DOWN,
    /// One bit of the request's body changes on the way.
    DAMAGE
  }

  private static final byte[] SLOW_DOWN =
      """
      HTTP/1.1 503 Slow Down\r
      Retry-After: 7\r
      Content-Type: application/xml\r
      Content-Length: 36\r
      Connection: close\r
      \r
      <Error><Code>SlowDown</Code></Error>\
      """
          .getBytes(StandardCharsets.US_ASCII);

  private final URI server;
  private final ServerSocket listening;
  private final AtomicReference<Trouble> next = new AtomicReference<>(Trouble.NONE);
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  TroubledWire(URI server) throws IOException {
    this.server = server;
    this.listening = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /// The same server, at the end of this wire.
  S3Settings at(S3Settings settings) {
    return new S3Settings(
        URI.create("http://127.0.0.1:" + listening.getLocalPort()),
        settings.bucket(),
        settings.region(),
        settings.addressing(),
        settings.credentials(),
        settings.certificates(),
        settings.connections(),
        settings.idle(),
        settings.request());
  }

  /// Makes trouble for the next request.
  void next(Trouble trouble) {
    next.set(trouble);
  }

  /// Whether the trouble has found its request.
  boolean happened() {
    return next.get() == Trouble.NONE;
  }

  /// How many connections are open now.
  int connections() {
    return connections.get();
  }

  /// How many connections were open at one time at most.
  int mostConnections() {
    return most.get();
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket socket : open) {
      socket.close();
    }
  }

  private void accept() {
    while (true) {
      try {
        Socket client = listening.accept();
        Socket upstream = new Socket(InetAddress.getLoopbackAddress(), server.getPort());
        open.add(client);
        open.add(upstream);
        most.accumulateAndGet(connections.incrementAndGet(), Math::max);
        new Connection(client, upstream).start();
      } catch (IOException _) {
        return; // closed
      }
    }
  }

  private final class Connection {
    private final Socket client;
    private final Socket upstream;
    private final AtomicBoolean asked = new AtomicBoolean();
    private volatile Trouble trouble = Trouble.NONE;

    Connection(Socket client, Socket upstream) {
      this.client = client;
      this.upstream = upstream;
    }

    void start() {
      Thread.ofVirtual().start(() -> pump(client, upstream, this::request));
      Thread.ofVirtual().start(() -> pump(upstream, client, this::answer));
    }

    private interface Carry {
      /// Carries some bytes; answers whether to go on.
      boolean carry(byte[] bytes, int length, OutputStream to) throws IOException;
    }

    private void pump(Socket from, Socket to, Carry carry) {
      byte[] bytes = new byte[64 * 1024];
      try (from;
          to) {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int length = in.read(bytes); length > 0; length = in.read(bytes)) {
          if (!carry.carry(bytes, length, out)) {
            break;
          }
        }
      } catch (IOException _) {
        // The other side went away.
      } finally {
        if (open.remove(client)) {
          connections.decrementAndGet();
        }
        open.remove(upstream);
      }
    }

    private boolean request(byte[] bytes, int length, OutputStream to) throws IOException {
      boolean begins = !asked.getAndSet(true);
      if (begins) {
        trouble = next.getAndSet(Trouble.NONE);
      }
      switch (trouble) {
        case RESET -> {
          client.setSoLinger(true, 0);
          return false;
        }
        case SLOW_DOWN -> {
          client.getOutputStream().write(SLOW_DOWN);
          client.shutdownOutput();
          return false;
        }
        case STALL -> {
          return true;
        }
        case DAMAGE -> {
          if (!begins
              || !new String(bytes, 0, length, StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            bytes[length - 1] ^= 1;
            trouble = Trouble.NONE;
          }
        }
        case NONE, LOSE_ANSWER, CUT_ANSWER -> {}
      }
      to.write(bytes, 0, length);
      return true;
    }

    private boolean answer(byte[] bytes, int length, OutputStream to) throws IOException {
      asked.set(false);
      switch (trouble) {
        case LOSE_ANSWER -> {
          client.setSoLinger(true, 0);
          return false;
        }
        case CUT_ANSWER -> {
          to.write(bytes, 0, length / 2);
          return false;
        }
        case NONE, RESET, STALL, SLOW_DOWN, DAMAGE -> to.write(bytes, 0, length);
      }
      return true;
    }
  }
}
