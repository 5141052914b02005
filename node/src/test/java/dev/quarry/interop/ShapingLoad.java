package dev.quarry.interop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Reads as fast as the server lets it, from connections that each keep a number of requests in
/// flight, and notes when each request was sent and answered.
final class ShapingLoad implements AutoCloseable {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<NbdTestClient> clients = new ArrayList<>();
  private final List<Future<ShapingTrace>> readers = new ArrayList<>();

  /// What one load does.
  ///
  /// @param bytes of each request
  /// @param sequential whether a connection reads on where it stopped, or anywhere
  record Shape(int connections, int depth, int bytes, boolean sequential) {

    static Shape random(int connections, int depth) {
      return new Shape(connections, depth, 4096, false);
    }

    static Shape sequential(int connections, int depth) {
      return new Shape(connections, depth, 1 << 20, true);
    }

    @Override
    public String toString() {
      return "%d connections, depth %d, %d bytes".formatted(connections, depth, bytes);
    }
  }

  /// Starts reading the first GiB of a volume.
  ///
  /// @param export the volume, with a group of clients behind it if there is one
  static ShapingLoad start(ServedVolume volume, String export, Shape shape) throws IOException {
    ShapingLoad load = new ShapingLoad();
    try {
      for (int number = 0; number < shape.connections(); number++) {
        NbdTestClient client = NbdTestClient.open(volume.address(Transport.UNIX), export);
        load.clients.add(client);
      }
      for (NbdTestClient client : load.clients) {
        Reader reader = new Reader(client, shape, load.readers.size());
        load.readers.add(load.threads.submit(reader::run));
      }
      return load;
    } catch (IOException | RuntimeException e) {
      load.close();
      throw e;
    }
  }

  static ShapingLoad start(ServedVolume volume, Shape shape) throws IOException {
    return start(volume, volume.export(), shape);
  }

  /// Runs a load for a while.
  static ShapingTrace run(ServedVolume volume, Shape shape, long nanos) throws Exception {
    try (ShapingLoad load = start(volume, shape)) {
      Thread.sleep(nanos / 1_000_000);
      return load.stop();
    }
  }

  /// Ends the load.
  ///
  /// @return what all its connections did
  ShapingTrace stop() throws IOException, InterruptedException, ExecutionException {
    closeClients();
    List<ShapingTrace> traces = new ArrayList<>();
    for (Future<ShapingTrace> reader : readers) {
      traces.add(reader.get());
    }
    return ShapingTrace.join(traces);
  }

  @Override
  public void close() throws IOException {
    closeClients();
    threads.close();
  }

  private void closeClients() throws IOException {
    for (NbdTestClient client : clients) {
      client.close();
    }
  }

  /// One connection.
  private static final class Reader {
    private static final int SPAN_SHIFT = 30;

    private final NbdTestClient client;
    private final Shape shape;
    private final SplittableRandom random;
    private final ShapingTrace trace = new ShapingTrace();
    private final Map<Long, Long> sentNanos = new HashMap<>();
    private long next;

    Reader(NbdTestClient client, Shape shape, int number) {
      this.client = client;
      this.shape = shape;
      this.random = new SplittableRandom(number);
      this.next = ((long) number << SPAN_SHIFT) / shape.connections() / shape.bytes();
    }

    ShapingTrace run() {
      try {
        for (int i = 0; i < shape.depth(); i++) {
          send();
        }
        while (true) {
          NbdReply reply = client.receive();
          if (reply.error() != 0) {
            throw new AssertionError("error=%d %s".formatted(reply.error(), reply.request()));
          }
          trace.add(sentNanos.remove(reply.cookie()), System.nanoTime());
          send();
        }
      } catch (IOException gone) {
        return trace; // closed by us, or killed by the test
      }
    }

    private void send() throws IOException {
      long blocks = (1L << SPAN_SHIFT) / shape.bytes();
      long block = shape.sequential() ? next++ % blocks : random.nextLong(blocks);
      long now = System.nanoTime();
      sentNanos.put(client.send(NbdRequest.read(block * shape.bytes(), shape.bytes())), now);
    }
  }
}
