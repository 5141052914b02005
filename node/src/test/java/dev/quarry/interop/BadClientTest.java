package dev.quarry.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Clients that misbehave hurt themselves, and nobody else.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(ImageFixture.class)
@Timeout(300)
class BadClientTest {
  private static final int MIB = 1 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// A JVM with the launcher's heap of 1 GiB and the server's buffers of 256 MiB stays below.
  private static final long MOST_RESIDENT_BYTES = 1600L * MIB;

  @RegisterExtension final NodeFixture fixture = new NodeFixture("bad-clients");

  private ServedVolume volume;

  @BeforeEach
  void createVolume() throws Exception {
    volume = fixture.node().create(1L << 30);
  }

  @ParameterizedTest
  @EnumSource
  void handshake_garbage_closesThatConnectionOnly(Transport transport) throws Exception {
    try (NbdTestClient bystander = open(transport);
        InputStream random = Files.newInputStream(Path.of("/dev/urandom"))) {
      bystander.write(0, filled(1, MIB));
      for (int attempt = 0; attempt < 20; attempt++) {
        try (SocketChannel channel = NbdTestClient.connect(volume.address(transport))) {
          sendAsMuchAsIsTaken(channel, ByteBuffer.wrap(random.readNBytes(64 << 10)));
          assertClosedByServer(channel);
        }
      }
      assertArrayEquals(filled(1, MIB), bystander.read(0, MIB));
    }
    assertBecomesAvailable();
  }

  @ParameterizedTest
  @EnumSource
  void request_garbage_closesThatConnectionOnly(Transport transport) throws Exception {
    try (NbdTestClient bystander = open(transport);
        NbdTestClient garbler = open(transport)) {
      bystander.write(0, filled(2, MIB));
      garbler.sendRaw(ByteBuffer.wrap(filled(0x5a, 4096)));
      assertThrows(IOException.class, garbler::receive);
      assertArrayEquals(filled(2, MIB), bystander.read(0, MIB));
    }
    assertBecomesAvailable();
  }

  /// Half a write must leave no trace.
  @ParameterizedTest
  @EnumSource
  void client_goneMidWrite_changesNothing(Transport transport) throws Exception {
    byte[] before = filled(3, 8 * MIB);
    try (NbdTestClient client = open(transport)) {
      client.write(0, before);
    }
    for (int payloadBytes : new int[] {0, 1, 4096, 300_000, 4 * MIB, 8 * MIB - 1}) {
      try (NbdTestClient client = open(transport)) {
        client.sendCutShort(NbdRequest.write(0, filled(4, 8 * MIB)), payloadBytes);
      }
    }
    assertBecomesAvailable();
    try (NbdTestClient client = open(transport)) {
      assertArrayEquals(before, client.read(0, 8 * MIB));
    }
  }

  @ParameterizedTest
  @EnumSource
  void client_goneWithRepliesOutstanding_leavesTheVolumeAvailable(Transport transport)
      throws Exception {
    for (int attempt = 0; attempt < 10; attempt++) {
      try (NbdTestClient client = open(transport)) {
        for (int request = 0; request < 16; request++) {
          client.send(NbdRequest.read((long) request * MIB, MIB));
        }
        client.send(NbdRequest.flush());
      }
    }
    assertBecomesAvailable();
    fixture.node().delete(volume);
  }

  /// Eight clients ask for 3 GiB and take in nothing.
  @ParameterizedTest
  @EnumSource
  void client_thatNeverReads_stopsNobodyElse(Transport transport) throws Exception {
    List<NbdTestClient> stuck = new ArrayList<>();
    try (NbdTestClient bystander = open(transport)) {
      bystander.write(0, filled(5, 32 * MIB));
      for (int client = 0; client < 8; client++) {
        NbdTestClient silent = open(transport);
        stuck.add(silent);
        for (int request = 0; request < 12; request++) {
          silent.send(NbdRequest.read(0, 32 * MIB));
        }
      }
      for (int round = 0; round < 20; round++) {
        bystander.write((long) round * MIB, filled(round, MIB));
        assertArrayEquals(filled(round, MIB), bystander.read((long) round * MIB, MIB));
      }
      long resident = residentBytes();
      assertTrue(resident < MOST_RESIDENT_BYTES, "resident bytes: " + resident);
    } finally {
      for (NbdTestClient client : stuck) {
        client.close();
      }
    }
    assertBecomesAvailable();
  }

  /// Announces the largest length that the field can hold, which must cost the server nothing.
  @ParameterizedTest
  @EnumSource
  void request_of4GiB_costsNothing(Transport transport) throws Exception {
    List<NbdTestClient> clients = new ArrayList<>();
    try (NbdTestClient bystander = open(transport)) {
      for (int client = 0; client < 32; client++) {
        NbdTestClient greedy = open(transport);
        clients.add(greedy);
        greedy.sendCutShort(NbdRequest.of(NbdRequest.WRITE, 0, -1), 0);
      }
      bystander.write(0, filled(6, MIB));
      assertArrayEquals(filled(6, MIB), bystander.read(0, MIB));
      long resident = residentBytes();
      assertTrue(resident < MOST_RESIDENT_BYTES, "resident bytes: " + resident);
    } finally {
      for (NbdTestClient client : clients) {
        client.close();
      }
    }
    assertBecomesAvailable();
  }

  /// A real client, killed while it copies, can simply do it again.
  @ParameterizedTest
  @EnumSource
  void nbdcopy_killedMidCopy_canBeRepeated(Transport transport, ImageFixture.Image image)
      throws Exception {
    Process copy =
        new ProcessBuilder(
                Tool.NBDCOPY.path(),
                "--connections=4",
                image.file().toString(),
                volume.uri(transport))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    awaitState("in-use");
    copy.waitFor(200, TimeUnit.MILLISECONDS);
    copy.destroyForcibly().waitFor();
    assertBecomesAvailable();

    Command.of(Tool.NBDCOPY, "--flush", image.file(), volume.uri(transport)).succeed();
    Command.of(
            Tool.QEMU_IMG, "compare", "-f", "raw", "-F", "raw", image.file(), volume.uri(transport))
        .succeed();
    fixture.node().delete(volume);
  }

  private NbdTestClient open(Transport transport) throws IOException {
    return NbdTestClient.open(volume.address(transport), volume.export());
  }

  private void assertBecomesAvailable() throws Exception {
    awaitState("available");
  }

  private void awaitState(String state) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!fixture.node().state(volume).equals(state)) {
      if (System.nanoTime() > end) {
        assertEquals(state, fixture.node().state(volume), fixture.node().log());
      }
      Thread.sleep(20);
    }
  }

  private long residentBytes() throws IOException {
    Path status = Path.of("/proc", Long.toString(fixture.node().pid()), "status");
    String line =
        Files.readAllLines(status).stream()
            .filter(text -> text.startsWith("VmRSS:"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", "")) << 10;
  }

  private static void sendAsMuchAsIsTaken(SocketChannel channel, ByteBuffer bytes) {
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      // closed by the server, as it may
    }
  }

  private static void assertClosedByServer(SocketChannel channel) {
    ByteBuffer greeting = ByteBuffer.allocate(4096);
    try {
      while (channel.read(greeting) >= 0) {
        greeting.clear();
      }
    } catch (IOException e) {
      // closed so fast that what we sent was not taken in
    }
  }

  private static byte[] filled(int value, int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
