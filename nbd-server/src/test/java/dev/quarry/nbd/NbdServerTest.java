package dev.quarry.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.MemoryDevice;
import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The life of a server: addresses, limits, and what it leaves behind.
@Timeout(60)
class NbdServerTest {
  private static final int SIZE = 1 << 20;

  @TempDir private Path folder;

  private final MemoryDevice device = MemoryDevice.create(SIZE);

  private NbdServer start(ListenAddress... addresses) throws IOException {
    return NbdServer.start(
        NbdSettings.listeningAt(List.of(addresses)), new OneExport("vol", "", device));
  }

  private static ListenAddress.Tcp loopback(int port) {
    return new ListenAddress.Tcp("127.0.0.1", port);
  }

  private static void expectServed(ListenAddress address) throws IOException {
    try (RawClient client = RawClient.attach(address, "")) {
      client.read(1, 0, 1).expectData(1, 1);
    }
  }

  private static String refusal(Path path) {
    ListenAddress address = new ListenAddress.Unix(path);
    return assertThrows(
            BindException.class,
            () -> ListenSocket.open(address, new ListenSocket.Rules(TlsPolicy.OFF, List.of())))
        .getMessage();
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> list = Files.list(Path.of("/proc/self/fd"))) {
      return list.count();
    }
  }

  @Test
  void start_severalAddresses_servesAtEach() throws IOException {
    ListenAddress.Unix unix = new ListenAddress.Unix(folder.resolve("s"));
    try (NbdServer server = start(unix, loopback(0), loopback(0))) {
      assertEquals(3, server.addresses().stream().distinct().count());
      for (ListenAddress address : server.addresses()) {
        expectServed(address);
      }
    }
    assertFalse(Files.exists(unix.path()));
  }

  @Test
  void start_everyAddress_servesAtIpv4AndIpv6() throws IOException {
    try (NbdServer server = start(ListenAddress.Tcp.parse("*:0"))) {
      int port = ((ListenAddress.Tcp) server.addresses().getFirst()).port();
      expectServed(loopback(port));
      if (hasIpv6()) {
        expectServed(new ListenAddress.Tcp("::1", port));
      }
    }
  }

  @Test
  void start_ipv6Address_toldInBrackets() throws IOException {
    if (!hasIpv6()) {
      System.out.println("no IPv6 on this machine: not tested");
      return;
    }
    try (NbdServer server = start(ListenAddress.Tcp.parse("[::1]:0"))) {
      ListenAddress address = server.addresses().getFirst();
      assertTrue(address.toString().matches("\\[::1]:[0-9]+"), address.toString());
      expectServed(address);
      try (RawClient client = RawClient.attach(address, "vol")) {
        Client known = server.connections().getFirst().client();
        assertEquals(InetAddress.getByName("::1"), known.host().orElseThrow());
        client.disconnect().expectEnd();
      }
    }
  }

  private static boolean hasIpv6() throws IOException {
    return NetworkInterface.getByInetAddress(InetAddress.getByName("::1")) != null;
  }

  @Test
  void start_portTaken_refusedWithAddress() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      Path socket = folder.resolve("s");
      BindException refused =
          assertThrows(
              BindException.class,
              () -> start(new ListenAddress.Unix(socket), loopback(taken.getLocalPort())));
      assertEquals(
          "cannot listen: another program listens there address=127.0.0.1:" + taken.getLocalPort(),
          refused.getMessage());
      assertFalse(Files.exists(socket), "it listens nowhere then");
    }
  }

  @Test
  void start_addressOfAnotherMachine_refused() {
    BindException refused =
        assertThrows(BindException.class, () -> start(new ListenAddress.Tcp("192.0.2.1", 0)));
    assertEquals(
        "cannot listen: not an address of this machine address=192.0.2.1:0", refused.getMessage());
  }

  @Test
  void start_unknownHost_refused() {
    BindException refused =
        assertThrows(BindException.class, () -> start(new ListenAddress.Tcp("no.such.invalid", 0)));
    assertEquals(
        "cannot listen: host name not known address=no.such.invalid:0", refused.getMessage());
  }

  @Test
  void start_staleSocketFile_replaced() throws IOException {
    Path path = folder.resolve("s");
    ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    dead.bind(UnixDomainSocketAddress.of(path));
    dead.close(); // leaves its file
    assertTrue(Files.exists(path));
    try (NbdServer server = start(new ListenAddress.Unix(path))) {
      expectServed(server.addresses().getFirst());
    }
  }

  @Test
  void start_liveSocket_refused() throws IOException {
    Path path = folder.resolve("s");
    try (NbdServer server = start(new ListenAddress.Unix(path))) {
      assertEquals(
          "cannot listen: another server listens there address=unix:" + path, refusal(path));
      expectServed(server.addresses().getFirst());
    }
  }

  @Test
  void start_otherFileInTheWay_refusedAndKept() throws IOException {
    Path path = Files.writeString(folder.resolve("s"), "precious");
    assertEquals(
        "cannot listen: a file that is no socket is in the way address=unix:" + path,
        refusal(path));
    assertEquals("precious", Files.readString(path));
  }

  @Test
  void start_noFolderForSocket_refused() {
    Path path = folder.resolve("none/s");
    assertEquals("cannot listen: its folder does not exist address=unix:" + path, refusal(path));
  }

  @Test
  void accept_moreThanTheLimit_turnedAwayUntilOneLeaves() throws IOException {
    try (Served served = Served.of(device, settings -> settings.withConnectionLimit(2));
        RawClient one = served.attach();
        RawClient two = served.attach()) {
      try (RawClient three = served.connect()) {
        three.expectEnd();
      }
      one.disconnect().expectEnd();
      Eventually.holds("one has left", () -> served.server().connections().size() == 1);
      expectServed(served.address());
      two.read(1, 0, 1).expectData(1, 1);
    }
  }

  @Test
  void connections_thousandOpenedAndClosed_nothingLeft() throws IOException {
    try (Served served = Served.of(device)) {
      expectServed(served.address());
      served.awaitNoClient();
      long before = descriptors();
      SplittableRandom random = new SplittableRandom(7);
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        RawClient client = random.nextBoolean() ? served.attach() : served.connect();
        if (i % 100 < 90) {
          client.close();
        } else {
          clients.add(client);
        }
      }
      for (RawClient client : clients) {
        client.close();
      }
      served.awaitNoClient();
      Eventually.holds("descriptors are as before", () -> descriptorsAre(before));
      assertEquals(0, served.server().bufferBytes());
    }
  }

  private static boolean descriptorsAre(long count) {
    try {
      return descriptors() == count;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void clients_misbehaving_doNotHurtOthers() throws IOException {
    try (Served served = Served.of(device);
        RawClient good = served.attach()) {
      SplittableRandom random = new SplittableRandom(11);
      for (int i = 0; i < 300; i++) {
        try (RawClient bad = served.attach()) {
          byte[] garbage = new byte[random.nextInt(1, 500)];
          random.nextBytes(garbage);
          if (random.nextBoolean()) {
            bad.read(1, 0, 100_000);
            bad.send(RawClient.request(0, 1, 2, 0, 100_000));
          }
          bad.send(garbage);
        } catch (IOException e) {
          assertTrue(e.getMessage().matches("Broken pipe|Connection reset.*"), e.getMessage());
        }
        good.write(i, 4096, new byte[] {(byte) i}).expectReply(0, i);
        good.read(i, 4096, 1);
        assertEquals((byte) i, good.expectData(i, 1)[0]);
      }
    }
  }

  @Test
  void shutdown_idleClients_endedAtOnce() throws IOException {
    try (Served served = Served.of(device);
        RawClient idle = served.attach();
        RawClient haggling = served.connect()) {
      haggling.receive(18);
      assertTrue(served.server().shutdown(Duration.ofSeconds(10)));
      idle.expectEnd();
      haggling.expectEnd();
      assertThrows(IOException.class, served::connect);
      assertTrue(served.server().shutdown(Duration.ofSeconds(10)), "twice is allowed");
    }
  }

  private static boolean answers(ListenAddress address) {
    try (RawClient client = RawClient.connect(address)) {
      client.receive(18);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /// Runs a server in a process that may have few files open, and connects more often than that.
  @Test
  void accept_outOfDescriptors_goesOnWhenThereAreSome() throws Exception {
    Path socket = folder.resolve("s");
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    ListenAddress address = new ListenAddress.Unix(socket);
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -n 120 && exec \"$@\"",
                "sh",
                java.toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                DemoServer.class.getName(),
                "memory:" + SIZE,
                socket.toString())
            .redirectErrorStream(true)
            .redirectOutput(new File("/dev/null"))
            .start();
    List<RawClient> clients = new ArrayList<>();
    try {
      Eventually.holds("it listens", () -> answers(address) || !process.isAlive());
      for (int i = 0; i < 100; i++) {
        clients.add(RawClient.connect(address));
      }
      clients.getFirst().receive(18);
      for (RawClient client : clients) {
        client.close();
      }
      expectServed(address);
    } finally {
      process.destroy();
      process.waitFor(20, TimeUnit.SECONDS);
    }
  }
}
