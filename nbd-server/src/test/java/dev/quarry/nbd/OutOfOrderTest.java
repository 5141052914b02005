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
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Requests that cannot be carried out at once.
@Timeout(30)
class OutOfOrderTest {
  private static final int MIB = 1 << 20;
  private static final int SIZE = 200 * MIB;
  private static final int SLOW = 100 * MIB;

  private final MemoryDevice memory = MemoryDevice.create(SIZE);
  private final GatedDevice device = new GatedDevice(memory, SLOW);

  @Test
  void reads_someSlow_othersOvertake() throws IOException {
    TestBytes.write(memory, SLOW, TestBytes.pattern(1, 3 * MIB));
    try (Served served = Served.of(device);
        RawClient client = served.attach()) {
      client.read(1, SLOW, 4096).read(2, 0, 10).read(3, SLOW, 40_000).read(4, 0, 11);
      client.read(5, SLOW, 3 * MIB).read(6, 0, 12);
      assertArrayEquals(new byte[10], client.expectData(2, 10));
      assertArrayEquals(new byte[11], client.expectData(4, 11));
      assertArrayEquals(new byte[12], client.expectData(6, 12));
      Eventually.holds("three wait", () -> device.waiting() == 3);
      Eventually.holds(
          "three are in flight", () -> served.server().connections().getFirst().inFlight() == 3);
      device.open();
      TreeSet<Long> cookies = new TreeSet<>();
      for (int i = 0; i < 3; i++) {
        client.expect("67446698 00000000");
        long cookie = java.nio.ByteBuffer.wrap(client.receive(8)).getLong();
        int length = cookie == 1 ? 4096 : cookie == 3 ? 40_000 : 3 * MIB;
        byte[] wanted = java.util.Arrays.copyOf(TestBytes.pattern(1, 3 * MIB), length);
        assertArrayEquals(wanted, client.receive(length));
        cookies.add(cookie);
      }
      assertEquals(new TreeSet<>(List.of(1L, 3L, 5L)), cookies);
    }
  }

  @Test
  void writes_slow_keepTheirPayloads() throws IOException {
    try (Served served = Served.of(device);
        RawClient client = served.attach()) {
      for (int i = 0; i < 20; i++) {
        client.write(i, SLOW + i * 70_000L, TestBytes.pattern(i, 70_000));
      }
      client.write(20, SLOW + 5L * MIB, TestBytes.pattern(20, 3 * MIB));
      client.read(21, 0, 1).expectData(21, 1); // not held up
      device.open();
      TreeSet<Long> cookies = new TreeSet<>();
      for (int i = 0; i <= 20; i++) {
        cookies.add(client.expectSuccess());
      }
      assertEquals(21, cookies.size());
      for (int i = 0; i < 20; i++) {
        assertArrayEquals(
            TestBytes.pattern(i, 70_000), TestBytes.read(memory, SLOW + i * 70_000L, 70_000));
      }
      assertArrayEquals(
          TestBytes.pattern(20, 3 * MIB), TestBytes.read(memory, SLOW + 5L * MIB, 3 * MIB));
    }
  }

  @Test
  void flush_withOthersAtWork_doesNotHoldThemUp() throws IOException {
    try (Served served = Served.of(device);
        RawClient client = served.attach()) {
      client.read(1, SLOW, 1).flush(2).write(3, 0, new byte[] {1}).expectReply(0, 3);
      client.read(4, 0, 1);
      assertArrayEquals(new byte[] {1}, client.expectData(4, 1));
      Eventually.holds("two wait", () -> device.waiting() == 2);
      device.open();
    }
  }

  /// A write that was answered is done when a flush that came after the answer is carried out.
  @Test
  void flush_afterAnsweredWrite_comesAfterIt() throws IOException {
    device.open();
    try (Served served = Served.of(device);
        RawClient client = served.attach();
        RawClient other = served.attach()) {
      client.write(1, SLOW, new byte[] {1}).expectReply(0, 1);
      other.flush(2).expectReply(0, 2);
      assertEquals(List.of("write " + SLOW + " CACHED", "flush"), device.log());
    }
  }

  @Test
  void flags_ofRequests_reachTheDevice() throws IOException {
    device.open();
    try (Served served = Served.of(device);
        RawClient client = served.attach()) {
      client.send(request(1, 1, 1, 0, 1)).send(new byte[1]).expectReply(0, 1);
      client.send(request(0, 4, 2, 512, 1024)).expectReply(0, 2);
      client.send(request(1, 4, 3, 512, 1024)).expectReply(0, 3);
      client.send(request(0, 6, 4, 512, 1024)).expectReply(0, 4);
      client.send(request(3, 6, 5, 512, 1024)).expectReply(0, 5);
      client.send(request(0, 6, 6, 0, 5 * MIB)).expectReply(0, 6);
      client.send(request(0, 5, 7, 512, 1024)).expectReply(0, 7);
      client.send(request(1, 3, 8, 0, 0)).expectReply(0, 8);
      assertEquals(
          List.of(
              "write 0 FORCED",
              "trim 512 1024 CACHED",
              "trim 512 1024 FORCED",
              "zero 512 1024 PUNCH CACHED",
              "zero 512 1024 ALLOCATE FORCED",
              "zero 0 5242880 PUNCH CACHED",
              "prefetch 512 1024",
              "flush"),
          device.log());
    }
  }

  @Test
  void disconnect_withRequestsAtWork_finishesThemFirst() throws IOException {
    try (Served served = Served.of(device);
        RawClient client = served.attach()) {
      client.write(1, SLOW, new byte[] {1, 2, 3}).read(2, SLOW, 4).flush(3).disconnect();
      client.read(4, 0, 1); // nothing after it counts
      Eventually.holds("three wait", () -> device.waiting() == 3);
      assertEquals(1, served.attached());
      device.open();
      for (int i = 0; i < 3; i++) {
        client.expect("67446698 00000000");
        long cookie = java.nio.ByteBuffer.wrap(client.receive(8)).getLong();
        client.receive(cookie == 2 ? 4 : 0);
      }
      client.expectEnd();
      assertArrayEquals(new byte[] {1, 2, 3}, TestBytes.read(memory, SLOW, 3));
    }
  }

  @Test
  void client_goneWithRequestsAtWork_attachmentStaysUntilTheyEnd() throws IOException {
    try (Served served = Served.of(device)) {
      try (RawClient client = served.attach()) {
        client.write(1, SLOW, new byte[] {1}).read(2, SLOW, 100_000);
        Eventually.holds("two wait", () -> device.waiting() == 2);
      }
      try (RawClient other = served.attach()) {
        other.read(3, 0, 1).expectData(3, 1);
      }
      assertTrue(served.attached() >= 1);
      device.open();
      served.awaitNoClient();
    }
  }

  @Test
  void shutdown_withRequestsAtWork_answersThem() throws Exception {
    try (Served served = Served.of(device);
        RawClient client = served.attach();
        RawClient haggling = served.connect()) {
      haggling.receive(18);
      client.write(1, SLOW, new byte[] {1}).read(2, SLOW, 1);
      Eventually.holds("two wait", () -> device.waiting() == 2);
      CompletableFuture<Boolean> down =
          CompletableFuture.supplyAsync(() -> served.server().shutdown(Duration.ofSeconds(20)));
      haggling.expectEnd();
      assertFalse(down.isDone());
      device.open();
      for (int i = 0; i < 2; i++) {
        client.expect("67446698 00000000");
        client.receive(java.nio.ByteBuffer.wrap(client.receive(8)).getLong() == 2 ? 1 : 0);
      }
      client.expectEnd();
      assertTrue(down.get());
    }
  }

  @Test
  void shutdown_clientThatDoesNotRead_brokenOff() throws Exception {
    device.open();
    try (Served served = Served.of(device);
        RawClient client = served.attach()) {
      for (int i = 0; i < 8; i++) {
        client.read(i, 0, MIB);
      }
      client.read(8, 0, 32 * MIB);
      assertFalse(served.server().shutdown(Duration.ofMillis(300)));
    }
  }

  @Test
  void workers_takenByOneClient_leaveSomeForOthers() throws IOException {
    try (Served served = Served.of(device, settings -> settings.withWorkers(4));
        RawClient greedy = served.attach();
        RawClient modest = served.attach()) {
      for (int i = 0; i < 100; i++) {
        greedy.read(i, SLOW, 1);
      }
      Eventually.holds("its share waits", () -> device.waiting() == 2);
      modest.read(7, SLOW, 1).flush(8);
      Eventually.holds("the other gets the rest", () -> device.waiting() == 4);
      greedy.read(100, 0, 1).expectData(100, 1);
      device.open();
      for (int i = 0; i < 100; i++) {
        greedy.expectSuccess();
        greedy.receive(1);
      }
    }
  }

  @Test
  void requests_tooManyAtWork_stopIntakeUntilSomeEnd() throws IOException {
    try (Served served = Served.of(device);
        RawClient client = served.attach()) {
      for (int i = 0; i < 2 * Jobs.LIMIT; i++) {
        client.read(i, SLOW, 1);
      }
      client.read(2 * Jobs.LIMIT, 0, 1);
      Eventually.holds(
          "the limit is reached",
          () -> served.server().connections().getFirst().inFlight() == Jobs.LIMIT);
      device.open();
      for (int i = 0; i <= 2 * Jobs.LIMIT; i++) {
        client.expectSuccess();
        client.receive(1);
      }
      assertEquals(2 * Jobs.LIMIT, device.log().size());
    }
  }
}
