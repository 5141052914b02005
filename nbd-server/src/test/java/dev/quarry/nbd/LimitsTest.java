package dev.quarry.nbd;

import static dev.quarry.nbd.RawClient.request;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.MemoryDevice;
import dev.quarry.block.TestBytes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Requests that the limits of their device make wait.
@Timeout(30)
class LimitsTest {
  private static final int MIB = 1 << 20;
  private static final long MILLI = 1_000_000;
  private static final int SIZE = 200 * MIB;

  private final MemoryDevice memory = MemoryDevice.create(SIZE);

  @Test
  void requests_withShorterWaitsBehindLonger_answeredInOrder() throws IOException {
    long[] waits = {60, 40, 20, 0};
    ThrottledDevice device =
        new ThrottledDevice(memory, offset -> waits[(int) offset / 4096] * MILLI);
    try (Served served = Served.of(device);
        RawClient client = served.attach()) {
      long begin = System.nanoTime();
      client.read(1, 0, 1).write(2, 4096, new byte[] {7}).read(3, 8192, 1).read(4, 12288, 1);
      client.expectData(1, 1);
      assertTrue(System.nanoTime() - begin >= 60 * MILLI);
      client.expectReply(0, 2).expectData(3, 1);
      client.expectData(4, 1);
      assertArrayEquals(new byte[] {7}, TestBytes.read(memory, 4096, 1));
    }
  }

  @Test
  void requests_whileOneWaits_notCharged() throws IOException {
    ThrottledDevice device = new ThrottledDevice(memory, offset -> offset == 0 ? 100 * MILLI : 0);
    try (Served served = Served.of(device);
        RawClient client = served.attach();
        RawClient other = served.attach()) {
      client.read(1, 0, 1).write(2, 512, new byte[1]).read(3, 1024, 1);
      Eventually.holds(
          "three wait", () -> served.server().connections().getFirst().inFlight() == 3);
      assertEquals(List.of("READ 0 1"), device.charged());
      other.read(4, 2048, 1).expectData(4, 1); // before those that were sent earlier
      client.expectData(1, 1);
      client.expectReply(0, 2).expectData(3, 1);
      assertEquals(
          List.of("READ 0 1", "READ 2048 1", "WRITE 512 1", "READ 1024 1"), device.charged());
    }
  }

  @Test
  void requests_ofEveryKind_chargedOnce() throws IOException {
    for (long wait : new long[] {0, 2 * MILLI}) {
      ThrottledDevice device = new ThrottledDevice(memory, offset -> wait);
      try (Served served = Served.of(device);
          RawClient client = served.attach()) {
        client.read(1, 0, 512).write(2, 512, new byte[513]).flush(3);
        client.send(request(0, 4, 4, 1024, 514)).send(request(1, 6, 5, 1536, 515));
        client.send(request(1, 1, 6, 2048, 516)).send(new byte[516]);
        client.send(request(0, 5, 7, 0, 1)).read(8, SIZE, 1).read(9, 0, 0);
        client.read(10, 4096, 3 * MIB).write(11, 8192, new byte[3 * MIB]);
        for (int i = 0; i < 11; i++) {
          client.expect("67446698");
          int error = java.nio.ByteBuffer.wrap(client.receive(4)).getInt();
          long cookie = java.nio.ByteBuffer.wrap(client.receive(8)).getLong();
          assertEquals(cookie == 8 ? WireError.EINVAL : WireError.NONE, error);
          client.receive(cookie == 1 ? 512 : cookie == 10 ? 3 * MIB : 0);
        }
        assertEquals(
            List.of(
                "READ 0 512",
                "WRITE 512 513",
                "TRIM 1024 514",
                "ZERO 1536 515",
                "WRITE 2048 516",
                "READ 4096 3145728",
                "WRITE 8192 3145728"),
            device.charged());
      }
    }
  }

  /// More requests than may wait at a time, and more payload than all buffers hold.
  @Test
  void requests_moreThanMayWait_allAnsweredInOrder() throws Exception {
    ThrottledDevice device = new ThrottledDevice(memory, offset -> 3 * MILLI);
    try (Served served =
            Served.of(device, settings -> settings.withBufferBytes(Wire.PAYLOAD_LIMIT_BYTES));
        RawClient client = served.attach()) {
      int count = Jobs.LIMIT + 100;
      int length = 100_000;
      Thread sender =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  for (int i = 0; i < count; i++) {
                    client.write(i, i * (long) length, TestBytes.pattern(i, length));
                  }
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      for (int i = 0; i < count; i++) {
        client.expectReply(0, i);
        assertTrue(served.server().bufferBytes() <= Wire.PAYLOAD_LIMIT_BYTES);
      }
      sender.join();
      for (int i = 0; i < count; i++) {
        assertArrayEquals(
            TestBytes.pattern(i, length), TestBytes.read(memory, i * (long) length, length));
      }
    }
  }

  @Test
  void requests_waitingAndSlow_getTheirTurn() throws IOException {
    GatedDevice slow = new GatedDevice(memory, 0);
    slow.open();
    ThrottledDevice device = new ThrottledDevice(slow, offset -> 2 * MILLI);
    try (Served served = Served.of(device);
        RawClient client = served.attach()) {
      List<Long> cookies = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        client.write(2L * i, i * 4096L, TestBytes.pattern(i, 4096));
        client.flush(2L * i + 1);
      }
      for (int i = 0; i < 100; i++) {
        cookies.add(client.expectSuccess());
      }
      assertEquals(100, cookies.stream().distinct().count());
      for (int i = 0; i < 50; i++) {
        client.read(i, i * 4096L, 4096);
        assertArrayEquals(TestBytes.pattern(i, 4096), client.expectData(i, 4096));
      }
    }
  }

  @Test
  void disconnect_withRequestsWaiting_finishesThemFirst() throws IOException {
    ThrottledDevice device = new ThrottledDevice(memory, offset -> 50 * MILLI);
    try (Served served = Served.of(device);
        RawClient client = served.attach()) {
      client.write(1, 0, new byte[] {1}).read(2, 0, 1).disconnect();
      client.expectReply(0, 1);
      assertArrayEquals(new byte[] {1}, client.expectData(2, 1));
      client.expectEnd();
    }
  }

  @Test
  void shutdown_withRequestsThatWaitTooLong_dropsThem() throws IOException {
    ThrottledDevice device = new ThrottledDevice(memory, offset -> 3_600_000 * MILLI);
    try (Served served = Served.of(device);
        RawClient client = served.attach()) {
      client.write(1, 0, new byte[] {1}).read(2, 0, 2 * MIB);
      Eventually.holds("two wait", () -> served.server().connections().getFirst().inFlight() == 2);
      assertFalse(served.server().shutdown(Duration.ofMillis(100)));
      client.expectEnd();
      assertArrayEquals(new byte[1], TestBytes.read(memory, 0, 1));
    }
  }

  @Test
  void otherClient_notThrottled_notHeldUp() throws IOException {
    ThrottledDevice device =
        new ThrottledDevice(memory, offset -> offset == 0 ? 3_600_000 * MILLI : 0);
    try (Served served = Served.of(device);
        RawClient waiting = served.attach();
        RawClient other = served.attach()) {
      waiting.read(1, 0, 1);
      other.read(2, 512, 1).expectData(2, 1);
      assertFalse(served.server().shutdown(Duration.ofMillis(10)));
    }
  }
}
