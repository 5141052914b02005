package dev.quarry.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.FilterBlockDevice;
import dev.quarry.block.MemoryDevice;
import dev.quarry.block.ReadOnlyDevice;
import dev.quarry.block.VolumeException;
import dev.quarry.workload.WorkloadText;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NbdLoadTest {
  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  private static LoadPlan plan(String job, int connections) {
    return new LoadPlan(
        WorkloadText.job(job),
        connections,
        64,
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        false,
        1);
  }

  private static LoadResult run(NbdUri uri, LoadPlan plan) throws InterruptedException {
    try (NbdLoad load = NbdLoad.connect(uri, plan, 0)) {
      return load.run((_, _) -> {});
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rw=randread bs=4k depth=1",
        "rw=randread bs=512/4k/64k depth=32",
        "rw=randrw bs=4k depth=16",
        "rw=write bs=1m depth=4",
        "rw=read bs=2m depth=2",
      })
  void closedLoad_isAnswered_onBothKindsOfSockets(String job) throws Exception {
    try (Served served = new Served(folder, MemoryDevice.create(64 * MIB))) {
      for (NbdUri uri : new NbdUri[] {served.unix(), served.tcp()}) {
        LoadResult result = run(uri, plan(job, 2));
        assertEquals(0, result.errors());
        assertTrue(result.operations() > 20, result.operations() + " requests");
        assertTrue(result.latencies().p50() > 0 && result.latencies().max() < 5e9);
        assertTrue(result.clientCpuNanos() > 0);
      }
    }
  }

  @Test
  void openLoad_asksAtItsRate() throws Exception {
    try (Served served = new Served(folder, MemoryDevice.create(64 * MIB))) {
      LoadResult result = run(served.unix(), plan("rw=randread bs=4k rate=1000", 2));
      assertEquals(500, result.operations() + result.undone(), 25);
      assertTrue(result.lateNanos() > 0, "no thread wakes in no time");
    }
  }

  /// A server that stops for 300 ms keeps 300 requests of 1,000 a second waiting, though a client
  /// that waits for its answers would only see one of them.
  @Test
  void serverThatStops_cannotHideIt() throws Exception {
    AtomicBoolean stopped = new AtomicBoolean();
    AtomicInteger reads = new AtomicInteger();
    BlockDevice device =
        new FilterBlockDevice(MemoryDevice.create(64 * MIB)) {
          @Override
          public void read(long offset, MemorySegment into, long at, int length)
              throws VolumeException {
            stopOnce();
            next().read(offset, into, at, length);
          }

          @Override
          public boolean tryRead(long offset, MemorySegment into, long at, int length)
              throws VolumeException {
            stopOnce();
            return next().tryRead(offset, into, at, length);
          }

          private void stopOnce() {
            if (reads.incrementAndGet() > 200 && stopped.compareAndSet(false, true)) {
              long end = System.nanoTime() + 300_000_000;
              while (System.nanoTime() < end) {
                LockSupport.parkNanos(end - System.nanoTime());
              }
            }
          }

          @Override
          protected BlockDevice over(BlockDevice next) {
            return this;
          }
        };
    try (Served served = new Served(folder, device);
        NbdLoad load = NbdLoad.connect(served.unix(), plan("rw=randread bs=4k rate=1000", 1), 0)) {
      LoadResult result = load.run((_, _) -> {});
      assertTrue(result.latencies().max() > 250e6, "the longest took " + result.latencies().max());
      assertTrue(result.latencies().p50() < result.latencies().p90());
      assertTrue(result.latencies().p90() > 100e6, "a third of the requests waited in it");
    }
  }

  @Test
  void writes_reachTheDevice_inTheSpan() throws Exception {
    MemoryDevice device = MemoryDevice.create(8 * MIB);
    try (Served served = new Served(folder, device);
        NbdLoad load =
            NbdLoad.connect(served.unix(), plan("rw=randwrite bs=4k depth=16", 1), MIB)) {
      assertEquals(0, load.run((_, _) -> {}).errors());
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment read = arena.allocate(8 * MIB);
      device.read(0, read, 0, 8 * MIB);
      assertTrue(read.get(ValueLayout.JAVA_LONG, 4096) != 0, "written");
      for (long at = MIB; at < 8 * MIB; at += 8) {
        assertEquals(0, read.get(ValueLayout.JAVA_LONG, at), "untouched beyond the span");
      }
    }
  }

  @Test
  void failedRequests_areCounted() throws Exception {
    BlockDevice device =
        new FilterBlockDevice(MemoryDevice.create(64 * MIB)) {
          @Override
          public void read(long offset, MemorySegment into, long at, int length)
              throws VolumeException {
            throw new VolumeException.Unavailable("as asked", new IOException("as asked"));
          }

          @Override
          public boolean tryRead(long offset, MemorySegment into, long at, int length) {
            return false;
          }

          @Override
          protected BlockDevice over(BlockDevice next) {
            return this;
          }
        };
    try (Served served = new Served(folder, device)) {
      LoadResult result = run(served.unix(), plan("rw=randread bs=4k depth=4", 1));
      assertTrue(result.errors() > 4 && result.operations() == 0);
      assertEquals(5, result.firstError(), "NBD_EIO");
    }
  }

  @Test
  void whatTheServerDoesNotAllow_isToldBefore() throws Exception {
    try (Served served = new Served(folder, new ReadOnlyDevice(MemoryDevice.create(MIB)))) {
      refused(served.unix(), "rw=randwrite bs=4k depth=1", "read-only");
      refused(served.unix(), "rw=randread bs=2m depth=1", "too small");
      refused(new NbdUri(served.unix().server(), "no"), "rw=randread depth=1", "no export named");
    }
    refused(
        new NbdUri(new NbdUri.Server.Unix(folder.resolve("none")), ""),
        "rw=randread depth=1",
        "no server answers");
    refused(NbdUri.parse("nbd://127.0.0.1:1/"), "rw=randread depth=1", "no server answers");
  }

  private static void refused(NbdUri uri, String job, String message) {
    var e = assertThrows(NbdException.class, () -> run(uri, plan(job, 1)));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  /// Replies may be cut anywhere by the network.
  @Test
  void repliesInPieces_areUnderstood() throws Exception {
    Path path = folder.resolve("p");
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(path));
      Thread server = Thread.ofPlatform().daemon().start(() -> serveInPieces(listener));
      LoadResult result =
          run(
              new NbdUri(new NbdUri.Server.Unix(path), ""),
              plan("rw=randread bs=512/1k depth=8", 1));
      assertEquals(0, result.errors());
      assertTrue(result.operations() > 10, result.operations() + " requests");
      server.join();
    }
  }

  /// A server of zeros that sends a handful of bytes at a time, of a growing number.
  private static void serveInPieces(ServerSocketChannel listener) {
    try (SocketChannel client = listener.accept()) {
      ByteBuffer hello = ByteBuffer.allocate(18);
      hello.putLong(0x4e42444d41474943L).putLong(0x49484156454f5054L).putShort((short) 3);
      client.write(hello.flip());
      ByteBuffer option = ByteBuffer.allocate(4 + 16 + 4 + 4);
      while (option.hasRemaining()) {
        client.read(option);
      }
      ByteBuffer agreed = ByteBuffer.allocate(20 + 12 + 20);
      agreed.putLong(0x0003e889045565a9L).putInt(7).putInt(3).putInt(12);
      agreed.putShort((short) 0).putLong(MIB).putShort((short) 1);
      agreed.putLong(0x0003e889045565a9L).putInt(7).putInt(1).putInt(0);
      client.write(agreed.flip());
      ByteBuffer request = ByteBuffer.allocate(28);
      int piece = 1;
      while (client.read(request) >= 0) {
        if (request.hasRemaining()) {
          continue;
        }
        ByteBuffer reply = ByteBuffer.allocate(16 + request.getInt(24));
        reply.putInt(0x67446698).putInt(0).putLong(request.getLong(8));
        request.clear();
        reply.position(0);
        while (reply.hasRemaining()) {
          reply.limit(Math.min(reply.capacity(), reply.position() + piece));
          client.write(reply);
          reply.limit(reply.capacity());
          piece = piece % 301 + 1;
        }
      }
    } catch (IOException e) {
      // the client is gone
    }
  }
}
