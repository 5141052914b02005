package dev.quarry.nbd;

import static dev.quarry.nbd.RawClient.request;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.MemoryDevice;
import dev.quarry.block.TestBytes;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Clients that want more than they get.
@Timeout(30)
class BackpressureTest {
  private static final int MIB = 1 << 20;
  private static final int SIZE = 64 * MIB;
  private static final long QUIET_NANOS = 200_000_000;

  private final MemoryDevice memory = MemoryDevice.create(SIZE);

  /// Sends in another thread, because it will have to wait for the server.
  private static Thread send(RawClient client, int count, int length) {
    return Thread.ofPlatform()
        .start(() -> {
          try {
            for (int i = 0; i < count; i++) {
              client.read(i, i % 7, length);
            }
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  /// Waits until the server has stopped to answer.
  private static void awaitStop(Served served) {
    long[] seen = {-1, 0}; // a count, and when it was new
    Eventually.holds(
        "nothing was answered for a while",
        () -> {
          long answered = served.server().connections().getFirst().requests();
          if (answered != seen[0]) {
            seen[0] = answered;
            seen[1] = System.nanoTime();
          }
          return answered > 0 && System.nanoTime() - seen[1] > QUIET_NANOS;
        });
  }

  private void slowReader(int count, int length) throws Exception {
    byte[] data = TestBytes.pattern(1, length + 7);
    TestBytes.write(memory, 0, data);
    try (Served served = Served.of(memory);
        RawClient slow = served.attach();
        RawClient other = served.attach()) {
      Thread sender = send(slow, count, length);
      awaitStop(served);
      ConnectionStatus status = served.server().connections().getFirst();
      assertTrue(status.requests() < count, "it took what nobody read");
      assertTrue(status.inFlight() <= Jobs.LIMIT);
      assertTrue(served.server().bufferBytes() <= Buffers.LIMIT_BYTES);
      other.read(1, 0, 10);
      other.expectData(1, 10);
      other.read(2, 0, 3 * MIB);
      other.expectData(2, 3 * MIB);
      for (int i = 0; i < count; i++) {
        slow.expect("67446698 00000000");
        int cookie = (int) java.nio.ByteBuffer.wrap(slow.receive(8)).getLong();
        byte[] wanted = java.util.Arrays.copyOfRange(data, cookie % 7, cookie % 7 + length);
        assertArrayEquals(wanted, slow.receive(length));
      }
      sender.join();
    }
  }

  @Test
  void slowReader_smallReads_boundedAndExact() throws Exception {
    slowReader(5_000, 512);
  }

  @Test
  void slowReader_readsOfPagesAndMore_boundedAndExact() throws Exception {
    slowReader(200, 100_000);
  }

  @Test
  void slowReader_largeReads_boundedAndExact() throws Exception {
    slowReader(30, 3 * MIB);
  }

  /// A client that sends a large payload before it reads a large reply must not be waited for.
  @Test
  void largeWrite_whileReplyIsNotRead_taken() throws IOException {
    try (Served served = Served.of(memory);
        RawClient client = served.attach()) {
      byte[] data = TestBytes.pattern(2, 20 * MIB);
      client.read(1, 30 * MIB, 20 * MIB).write(2, 0, data);
      boolean writeFirst = client.expectSuccess() == 2; // replies come in any order
      if (writeFirst) {
        client.expectReply(0, 1);
      }
      assertArrayEquals(new byte[20 * MIB], client.receive(20 * MIB));
      if (!writeFirst) {
        client.expectReply(0, 2);
      }
      assertArrayEquals(data, TestBytes.read(memory, 0, 20 * MIB));
    }
  }

  @Test
  void buffers_allTakenByOthers_smallRequestsGetOn() throws IOException {
    GatedDevice device = new GatedDevice(memory, 4096);
    try (Served served =
            Served.of(device, settings -> settings.withBufferBytes(Wire.PAYLOAD_LIMIT_BYTES));
        RawClient greedy = served.attach();
        RawClient small = served.attach();
        RawClient large = served.attach()) {
      greedy.send(request(0, 1, 1, 8192, 32 * MIB)).send(new byte[MIB]); // the rest never comes
      Eventually.holds("all is taken", () -> served.server().bufferBytes() == 32 * MIB);
      large.read(1, 0, 3 * MIB);
      device.open();
      for (int i = 0; i < 20; i++) {
        small.read(1, 0, 100).expectData(1, 100);
        small.read(2, 8192, MIB).expectData(2, MIB);
        small.write(3, 8192, new byte[100_000]).expectReply(0, 3);
        small.flush(4).expectReply(0, 4);
      }
      greedy.endOutput();
      large.expectData(1, 3 * MIB);
      Eventually.holds("all is given back", () -> served.server().bufferBytes() == 0);
    }
  }
}
