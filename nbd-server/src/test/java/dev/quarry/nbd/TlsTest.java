package dev.quarry.nbd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.MemoryDevice;
import dev.quarry.block.TestBytes;
import dev.quarry.nbd.RawClient.Asked;
import dev.quarry.tls.CertificateFolder;
import dev.quarry.tls.CertificateTls;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Conversations around STARTTLS, byte by byte, and those behind it with the JDK's client.
@Timeout(60)
class TlsTest {
  private static final String REPLY = "0003e889045565a9";
  private static final int MIB = 1 << 20;

  @TempDir static Path folder;

  private final MemoryDevice device = MemoryDevice.create(16 * MIB);

  @BeforeAll
  static void certify() throws IOException {
    CertificateFolder.create(folder, List.of("localhost", "127.0.0.1"), "alice", Instant.now());
  }

  private Served served(TlsMode mode, boolean verifyPeer, ExportAccess access) throws IOException {
    CertificateTls tls = CertificateTls.load(folder, verifyPeer);
    return Served.of(
        device,
        s -> s.withTls(s.addresses().getFirst(), new TlsPolicy(mode, Optional.of(tls), access)));
  }

  private Served served(TlsMode mode) throws IOException {
    return served(mode, false, ExportAccess.everything());
  }

  private static RawClient secured(Served served, boolean withCertificate) throws IOException {
    RawClient client = served.greeted().option(Wire.OPT_STARTTLS, new byte[0]);
    client.expect(REPLY + "00000005 00000001 00000000");
    client.startTls(folder, withCertificate);
    return client;
  }

  private static void expectRefused(RawClient client, int option, byte[] data, int reply)
      throws IOException {
    client.option(option, data);
    assertEquals(reply, client.optionReply(option));
  }

  @Test
  void startTls_tlsOff_policy() throws IOException {
    try (Served off = Served.of(device);
        RawClient client = off.greeted()) {
      expectRefused(client, Wire.OPT_STARTTLS, new byte[0], Wire.REP_ERR_POLICY);
      client.go("vol");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ON", "REQUIRED"})
  void startTls_withData_invalid(TlsMode mode) throws IOException {
    try (Served served = served(mode);
        RawClient client = served.greeted()) {
      expectRefused(client, Wire.OPT_STARTTLS, new byte[1], Wire.REP_ERR_INVALID);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 6, 7, 8, 9, 10, 11, 99})
  void anyOption_beforeTlsThatIsRequired_tlsRequired(int option) throws IOException {
    try (Served served = served(TlsMode.REQUIRED);
        RawClient client = served.greeted()) {
      expectRefused(client, option, RawClient.about("vol"), Wire.REP_ERR_TLS_REQD);
      expectRefused(client, option, RawClient.about("none"), Wire.REP_ERR_TLS_REQD);
      client.option(Wire.OPT_ABORT, new byte[0]);
      client.expect(REPLY + "00000002 00000001 00000000").expectEnd();
    }
  }

  @Test
  void exportName_beforeTlsThatIsRequired_closes() throws IOException {
    try (Served served = served(TlsMode.REQUIRED);
        RawClient client = served.greeted()) {
      client.option(Wire.OPT_EXPORT_NAME, new byte[] {'v', 'o', 'l'}).expectEnd();
    }
  }

  @Test
  void go_tlsOffered_servedInClear() throws IOException {
    try (Served served = served(TlsMode.ON);
        RawClient client = served.greeted()) {
      client.go("vol");
      client.flush(1).expectReply(0, 1);
    }
  }

  /// Bytes that lie behind STARTTLS were not said through TLS, whoever sent them.
  @Test
  void startTls_bytesInClearBehindIt_closes() throws IOException {
    try (Served served = served(TlsMode.REQUIRED);
        RawClient client = served.greeted()) {
      client.send(
          Bytes.of(out -> {
            for (int option : new int[] {Wire.OPT_STARTTLS, Wire.OPT_LIST}) {
              out.writeLong(Wire.OPTION_MAGIC);
              out.writeInt(option);
              out.writeInt(0);
            }
          }));
      client.expectEnd();
    }
  }

  @Test
  void startTls_twice_invalid() throws IOException {
    try (Served served = served(TlsMode.REQUIRED);
        RawClient client = secured(served, false)) {
      expectRefused(client, Wire.OPT_STARTTLS, new byte[0], Wire.REP_ERR_INVALID);
      client.go("vol");
    }
  }

  @Test
  void startTls_garbageInsteadOfAHandshake_closes() throws IOException {
    try (Served served = served(TlsMode.REQUIRED);
        RawClient client = served.greeted()) {
      client.option(Wire.OPT_STARTTLS, new byte[0]);
      client.expect(REPLY + "00000005 00000001 00000000");
      client.send(new byte[100]);
      served.awaitNoClient();
    }
  }

  /// Structured replies and contexts that were agreed on in clear do not hold.
  @Test
  void startTls_afterOtherOptions_forgetsThem() throws IOException {
    try (Served served = served(TlsMode.ON);
        RawClient client = served.greeted()) {
      client.ask(Asked.STRUCTURED).ask(Asked.contexts("vol", "base:allocation"));
      client.option(Wire.OPT_STARTTLS, new byte[0]);
      client.expect(REPLY + "00000005 00000001 00000000");
      client.startTls(folder, false);
      client.go("vol");
      client.read(1, 0, 4);
      client.expect("67446698 00000000 0000000000000001 00000000"); // a simple reply
      client.send(RawClient.request(0, 7, 2, 0, 4)).expectReply(WireError.EINVAL, 2);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4096, 70_000, MIB, 8 * MIB})
  void transmission_throughTls_exact(int length) throws IOException {
    byte[] data = TestBytes.pattern(length, length);
    try (Served served = served(TlsMode.REQUIRED);
        RawClient client = secured(served, false)) {
      client.go("vol");
      client.write(1, 513, data).expectReply(0, 1);
      assertArrayEquals(data, TestBytes.read(device, 513, length));
      client.read(2, 513, length);
      assertArrayEquals(data, client.expectData(2, length));
      for (int i = 0; i < 50; i++) {
        client.read(i, 513, Math.min(length, 5000));
      }
      for (int i = 0; i < 50; i++) {
        client.expectData(i, Math.min(length, 5000));
      }
      client.disconnect().expectEnd();
    }
  }

  @Test
  void verifyPeer_clientWithoutCertificate_turnedAway() throws IOException {
    try (Served served = served(TlsMode.REQUIRED, true, ExportAccess.everything());
        RawClient client = served.greeted().option(Wire.OPT_STARTTLS, new byte[0])) {
      client.expect(REPLY + "00000005 00000001 00000000");
      assertThrows(
          IOException.class,
          () -> {
            client.startTls(folder, false);
            client.option(Wire.OPT_LIST, new byte[0]).optionReply(Wire.OPT_LIST);
          });
      served.awaitNoClient();
    }
  }

  @Test
  void access_byCertificate_showsNothingElse() throws IOException {
    AccessList mine = new AccessList(Map.of("alice", List.of("vol")));
    AccessList others = new AccessList(Map.of("bob", List.of("*"), "alice", List.of("volume")));
    try (Served served = served(TlsMode.REQUIRED, true, mine);
        RawClient client = secured(served, true)) {
      client.go("vol");
      Eventually.holds(
          "the server knows who it is",
          () ->
              served
                  .server()
                  .connections()
                  .getFirst()
                  .client()
                  .identity()
                  .equals(Optional.of("alice")));
    }
    try (Served served = served(TlsMode.REQUIRED, true, others);
        RawClient client = secured(served, true)) {
      client.option(Wire.OPT_LIST, new byte[0]);
      client.expect(REPLY + "00000003 00000001 00000000"); // no export
      for (String name : List.of("vol", "", "nothing")) {
        expectRefused(client, Wire.OPT_INFO, RawClient.about(name), Wire.REP_ERR_UNKNOWN);
        expectRefused(client, Wire.OPT_GO, RawClient.about(name), Wire.REP_ERR_UNKNOWN);
        expectRefused(
            client,
            Wire.OPT_LIST_META_CONTEXT,
            RawClient.contextQueries(name),
            Wire.REP_ERR_UNKNOWN);
      }
      client.option(Wire.OPT_EXPORT_NAME, new byte[] {'v', 'o', 'l'});
      assertThrows(EOFException.class, () -> client.receive(1));
    }
  }

  @Test
  void access_inClearWhereTlsIsOffered_askedForTls() throws IOException {
    AccessList mine = new AccessList(Map.of("alice", List.of("vol")));
    try (Served served = served(TlsMode.ON, true, mine);
        RawClient client = served.greeted()) {
      client.option(Wire.OPT_LIST, new byte[0]);
      client.expect(REPLY + "00000003 00000001 00000000");
      expectRefused(client, Wire.OPT_GO, RawClient.about("vol"), Wire.REP_ERR_TLS_REQD);
      expectRefused(client, Wire.OPT_GO, RawClient.about("other"), Wire.REP_ERR_TLS_REQD);
    }
  }

  @Test
  void slowReader_throughTls_boundedAndExact() throws Exception {
    int length = 3 * MIB;
    byte[] data = TestBytes.pattern(1, length);
    TestBytes.write(device, 0, data);
    try (Served served = served(TlsMode.REQUIRED);
        RawClient slow = secured(served, false)) {
      slow.go("vol");
      for (int i = 0; i < 20; i++) {
        slow.read(i, 0, length);
      }
      Eventually.holds("buffers are held", () -> served.server().bufferBytes() > 0);
      assertTrue(served.server().bufferBytes() <= Buffers.LIMIT_BYTES);
      for (int i = 0; i < 20; i++) {
        slow.expect("67446698 00000000");
        slow.receive(8);
        assertArrayEquals(data, slow.receive(length));
      }
    }
  }
}
