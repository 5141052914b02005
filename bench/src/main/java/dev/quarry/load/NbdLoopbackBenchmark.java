package dev.quarry.load;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.IoKind;
import dev.quarry.block.MemoryDevice;
import dev.quarry.nbd.Attachment;
import dev.quarry.nbd.Client;
import dev.quarry.nbd.ExportInfo;
import dev.quarry.nbd.Exports;
import dev.quarry.nbd.ListenAddress;
import dev.quarry.nbd.NbdServer;
import dev.quarry.nbd.NbdSettings;
import dev.quarry.posix.Sockets;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Our server with our client through a Unix socket, over memory: a request by itself, and 32 at a
/// time.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class NbdLoopbackBenchmark {
  private static final int BATCH = 32;
  private static final int SIZE_BYTES = 4096;
  private static final int SPAN_BYTES = 64 << 20;
  private static final long SECOND_NANOS = 1_000_000_000;

  @Param({"READ", "WRITE"})
  public IoKind kind;

  private final Arena arena = Arena.ofShared();
  private Path folder;
  private NbdServer server;
  private NbdSocket socket;
  private Outbox outbox;
  private Inbox inbox;
  private int offset;

  @Setup
  public void setUp() throws IOException {
    folder = Files.createTempDirectory("quarry-benchmark");
    Path path = folder.resolve("s");
    server =
        NbdServer.start(
            NbdSettings.listeningAt(List.of(new ListenAddress.Unix(path))),
            new OneDevice(MemoryDevice.create(SPAN_BYTES)));
    socket = NbdSocket.connect(new NbdUri.Server.Unix(path));
    Handshake.of(socket, "disk");
    outbox = new Outbox(arena, SIZE_BYTES, false, 1);
    inbox = new Inbox(arena);
  }

  @TearDown
  public void tearDown() throws IOException {
    outbox.addDisconnect();
    outbox.send(socket);
    socket.close();
    server.close();
    arena.close();
    Files.deleteIfExists(folder.resolve("s"));
    Files.delete(folder);
  }

  @Benchmark
  public void one() {
    exchange(1);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void batch() {
    exchange(BATCH);
  }

  private void exchange(int count) {
    for (int i = 0; i < count; i++) {
      offset = offset + SIZE_BYTES & SPAN_BYTES - 1;
      outbox.add(kind, i, offset, SIZE_BYTES);
    }
    int answered = 0;
    while (answered < count) {
      outbox.send(socket);
      if (!inbox.receive(socket)) {
        int events = outbox.isEmpty() ? Sockets.POLLIN : Sockets.POLLIN | Sockets.POLLOUT;
        socket.await(events, SECOND_NANOS);
      }
      while (inbox.hasReply()) {
        if (inbox.error() != 0 || inbox.cookie() >= count) {
          throw new IllegalStateException("request failed error=" + inbox.error());
        }
        inbox.take(kind == IoKind.READ ? SIZE_BYTES : 0);
        answered++;
      }
    }
  }

  private record OneDevice(BlockDevice device) implements Exports {

    @Override
    public List<ExportInfo> list() {
      return List.of(new ExportInfo("disk", "", device.sizeBytes(), false));
    }

    @Override
    public Optional<ExportInfo> find(String name) {
      return Optional.of(list().getFirst());
    }

    @Override
    public Attachment attach(String name, Client client) {
      return new Attachment() {
        @Override
        public BlockDevice device() {
          return device;
        }

        @Override
        public void close() {}
      };
    }
  }
}
