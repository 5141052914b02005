package dev.quarry.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.MemoryDevice;
import dev.quarry.nbd.ExportAccess.Level;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressAccessTest {
  private static final String REPLY = "0003e889045565a9";
  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  private static Client from(String host) {
    return new Client(1, host, Optional.of(InetAddress.ofLiteral(host)), Optional.empty());
  }

  private static Client fromSocket() {
    return new Client(1, "unix", Optional.empty(), Optional.empty());
  }

  private AddressAccess access(String lines) throws IOException {
    Path file = folder.resolve("access");
    Files.writeString(file, lines);
    return AddressAccess.load(file);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.1.2, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "192.168.1.7, 192.168.1.7, true",
    "192.168.1.7, 192.168.1.8, false",
    "192.168.1.128/25, 192.168.1.127, false",
    "0.0.0.0/0, 1.2.3.4, true",
    "0.0.0.0/0, ::1, false",
    "fd00::/8, fdff::1, true",
    "fd00::/8, fc00::1, false",
    "10.0.0.0/8, ::ffff:10.1.1.1, true"
  })
  void contains_anAddress_whenItsFirstBitsAgree(String range, String address, boolean expected) {
    assertEquals(expected, AddressRange.parse(range).contains(InetAddress.ofLiteral(address)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "host", "::/129", "/8"})
  void parse_noRange_refused(String text) {
    assertThrows(IllegalArgumentException.class, () -> AddressRange.parse(text));
  }

  @Test
  void level_byRanges_theMostGenerousCounts() throws IOException {
    AddressAccess access =
        access("# who: what\n10.0.0.0/8: vol-1:ro\n10.1.0.0/16: vol-1\nfd00::/8: *:ro\nunix: *\n");
    assertEquals(Level.READ, access.level(from("10.2.0.1"), "vol-1"));
    assertEquals(Level.WRITE, access.level(from("10.1.0.1"), "vol-1"));
    assertEquals(Level.NONE, access.level(from("10.1.0.1"), "vol-2"));
    assertEquals(Level.READ, access.level(from("fd00::1"), "vol-2"));
    assertEquals(Level.NONE, access.level(from("127.0.0.1"), "vol-1"));
    assertEquals(Level.WRITE, access.level(fromSocket(), "vol-9"));
  }

  @Test
  void load_lineWithoutRange_refusedWithItsNumber() {
    IOException e = assertThrows(IOException.class, () -> access("unix: *\nhost: vol-1\n"));
    assertTrue(e.getMessage().endsWith("line=2"), e.getMessage());
  }

  @Test
  void and_twoLists_theStricterCounts() throws IOException {
    ExportAccess both = access("unix: vol *:ro\n").and(new AccessList(Map.of("a", List.of("*"))));
    assertEquals(Level.NONE, both.level(fromSocket(), "vol"));
    Client named = fromSocket().identified(Optional.of("a"));
    assertEquals(Level.WRITE, both.level(named, "vol"));
    assertEquals(Level.READ, both.level(named, "other"));
    assertTrue(both.restricts());
    assertTrue(both.knowsNames());
    assertFalse(ExportAccess.everything().and(ExportAccess.everything()).restricts());
  }

  private static Served served(ExportAccess access) throws IOException {
    return Served.of(
        MemoryDevice.create(MIB),
        s ->
            s.withTls(
                s.addresses().getFirst(), new TlsPolicy(TlsMode.OFF, Optional.empty(), access)));
  }

  @Test
  void export_toReadOnly_isFlaggedAndRefusesWrites() throws IOException {
    try (Served served = served(access("unix: vol:ro\n"));
        RawClient client = served.greeted()) {
      client.option(Wire.OPT_INFO, RawClient.about("vol"));
      client.expect(REPLY + "00000006 00000003 0000000c 0000 0000000000100000 050f");
      client.expect(REPLY + "00000006 00000001 00000000");
      client.option(Wire.OPT_GO, RawClient.about("vol"));
      client.expect(REPLY + "00000007 00000003 0000000c 0000 0000000000100000 050f");
      client.expect(REPLY + "00000007 00000001 00000000");
      client.write(1, 0, new byte[512]).expectReply(WireError.EPERM, 1);
      client.read(2, 0, 512);
      client.expectData(2, 512);
    }
  }

  @Test
  void export_notPermitted_isAnsweredAsOneThatDoesNotExist() throws IOException {
    try (Served served = served(access("10.0.0.0/8: *\n"));
        RawClient client = served.greeted()) {
      client.option(Wire.OPT_LIST, new byte[0]);
      client.expect(REPLY + "00000003 00000001 00000000");
      for (String name : List.of("vol", "vo_")) {
        client.option(Wire.OPT_GO, RawClient.about(name));
        client.expect(REPLY + "00000007 80000006 00000017");
        assertEquals(
            "no such export name=" + name, new String(client.receive(23), StandardCharsets.UTF_8));
      }
    }
  }

  @Test
  void connect_fromElsewhere_closedWithoutAByte() throws IOException {
    ListenAddress tcp = new ListenAddress.Tcp("127.0.0.1", 0);
    OneExport exports = new OneExport("vol", "", MemoryDevice.create(MIB));
    for (String range : List.of("10.0.0.0/8", "127.0.0.0/8")) {
      NbdSettings settings =
          NbdSettings.listeningAt(List.of(tcp))
              .withCallers(tcp, List.of(AddressRange.parse(range)));
      try (NbdServer server = NbdServer.start(settings, exports);
          RawClient client = RawClient.connect(server.addresses().getFirst())) {
        if (range.startsWith("127.")) {
          client.receive(18);
        } else {
          assertThrows(EOFException.class, () -> client.receive(18));
        }
      }
    }
  }
}
