package dev.quarry.nbd;

import static dev.quarry.nbd.RawClient.about;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.MemoryDevice;
import dev.quarry.block.ReadOnlyDevice;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Conversations of the handshake, byte by byte.
@Timeout(30)
class HandshakeTest {
  private static final String GREETING = "4e42444d41474943 49484156454f5054 0003";
  private static final String FLAGS = "00000003";
  private static final String REPLY = "0003e889045565a9";
  private static final int SIZE = 0x12_3400;

  /// HAS_FLAGS, FLUSH, FUA, TRIM, WRITE_ZEROES, CAN_MULTI_CONN, CACHE, FAST_ZERO.
  private static final String TRANSMISSION_FLAGS = "0d6d";

  private final BlockDevice device = MemoryDevice.create(SIZE);
  private Served served;

  @BeforeEach
  void serve() throws IOException {
    served = Served.of(device);
  }

  @AfterEach
  void close() throws IOException {
    served.close();
  }

  private RawClient greeted() throws IOException {
    return served.connect().expect(GREETING).send(FLAGS);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// Expects an error reply and returns its text.
  private static String expectError(RawClient client, int option, int type) throws IOException {
    client.expect(REPLY + "%08x %08x".formatted(option, type));
    byte[] text = client.receive(ByteBuffer.wrap(client.receive(4)).getInt());
    String shown = new String(text, StandardCharsets.UTF_8);
    assertEquals(-1, shown.indexOf('\ufffd'), "not UTF-8: " + shown);
    assertTrue(shown.chars().noneMatch(Character::isISOControl), shown);
    return shown;
  }

  /// Expects that the handshake goes on.
  private static void expectStillThere(RawClient client) throws IOException {
    client.option(Wire.OPT_LIST, new byte[0]);
    client.expect(REPLY + "00000003 00000002 0000000f 00000003 766f6c 6120766f6c756d65");
    client.expect(REPLY + "00000003 00000001 00000000");
  }

  private static void expectTransmission(RawClient client) throws IOException {
    client.read(7, 0, 4);
    client.expect("67446698 00000000 0000000000000007 00000000");
  }

  @Test
  void exportName_clientWantsZeroes_sizeFlagsAndZeroes() throws IOException {
    try (RawClient client = served.connect()) {
      client.expect(GREETING).send("00000001").option(Wire.OPT_EXPORT_NAME, utf8("vol"));
      client.expect("0000000000123400" + TRANSMISSION_FLAGS + "00".repeat(124));
      expectTransmission(client);
    }
  }

  @Test
  void exportName_clientDeclinesZeroes_sizeAndFlags() throws IOException {
    try (RawClient client = greeted()) {
      client.option(Wire.OPT_EXPORT_NAME, utf8("vol"));
      client.expect("0000000000123400" + TRANSMISSION_FLAGS);
      expectTransmission(client);
    }
  }

  @Test
  void exportName_oldNewstyleClient_served() throws IOException {
    try (RawClient client = served.connect()) {
      client.expect(GREETING).send("00000000").option(Wire.OPT_EXPORT_NAME, utf8("vol"));
      client.expect("0000000000123400" + TRANSMISSION_FLAGS + "00".repeat(124));
      expectTransmission(client);
    }
  }

  @Test
  void exportName_empty_defaultExport() throws IOException {
    try (RawClient client = greeted()) {
      client.option(Wire.OPT_EXPORT_NAME, new byte[0]);
      client.expect("0000000000123400" + TRANSMISSION_FLAGS);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"other", "vol\0", "VOL", "\ud83d\ude00"})
  void exportName_unknown_closes(String name) throws IOException {
    try (RawClient client = greeted()) {
      client.option(Wire.OPT_EXPORT_NAME, utf8(name)).expectEnd();
    }
  }

  @Test
  void abort_always_acknowledgedAndClosed() throws IOException {
    try (RawClient client = greeted()) {
      client.option(Wire.OPT_ABORT, new byte[0]);
      client.expect(REPLY + "00000002 00000001 00000000").expectEnd();
    }
  }

  @Test
  void abort_withData_acknowledgedAndClosed() throws IOException {
    try (RawClient client = greeted()) {
      client.option(Wire.OPT_ABORT, utf8("because"));
      client.expect(REPLY + "00000002 00000001 00000000").expectEnd();
    }
  }

  @Test
  void list_always_nameAndDescriptionOfEach() throws IOException {
    try (RawClient client = greeted()) {
      expectStillThere(client);
      expectStillThere(client); // and any number of times
    }
  }

  @Test
  void list_withData_invalid() throws IOException {
    try (RawClient client = greeted()) {
      client.option(Wire.OPT_LIST, new byte[1]);
      expectError(client, Wire.OPT_LIST, Wire.REP_ERR_INVALID);
      expectStillThere(client);
    }
  }

  @Test
  void info_nothingWanted_sizeAndFlags() throws IOException {
    try (RawClient client = greeted()) {
      client.option(Wire.OPT_INFO, about("vol"));
      client.expect(REPLY + "00000006 00000003 0000000c 0000 0000000000123400");
      client.expect(TRANSMISSION_FLAGS);
      client.expect(REPLY + "00000006 00000001 00000000");
      expectStillThere(client);
      assertEquals(0, served.attached());
    }
  }

  @Test
  void go_everythingWanted_everythingAndTransmission() throws IOException {
    try (RawClient client = greeted()) {
      client.option(Wire.OPT_GO, about("vol", 3, 2, 1, 0, 0xffff, 3));
      client.expect(REPLY + "00000007 00000003 0000000c 0000 0000000000123400");
      client.expect(TRANSMISSION_FLAGS);
      client.expect(REPLY + "00000007 00000003 00000005 0001 766f6c");
      client.expect(REPLY + "00000007 00000003 0000000a 0002 6120766f6c756d65");
      client.expect(REPLY + "00000007 00000003 0000000e 0003 00000001 00001000 02000000");
      client.expect(REPLY + "00000007 00000001 00000000");
      expectTransmission(client);
      assertEquals(1, served.attached());
    }
  }

  @Test
  void go_defaultExport_toldItsName() throws IOException {
    try (RawClient client = greeted()) {
      client.option(Wire.OPT_GO, about("", 1));
      client.expect(REPLY + "00000007 00000003 0000000c 0000 0000000000123400");
      client.expect(TRANSMISSION_FLAGS);
      client.expect(REPLY + "00000007 00000003 00000005 0001 766f6c");
      client.expect(REPLY + "00000007 00000001 00000000");
    }
  }

  @Test
  void go_readOnlyDevice_flagged() throws IOException {
    try (Served readOnly = Served.of(new ReadOnlyDevice(device));
        RawClient client = readOnly.connect().expect(GREETING).send(FLAGS)) {
      client.option(Wire.OPT_GO, about("vol"));
      client.expect(REPLY + "00000007 00000003 0000000c 0000 0000000000123400 050f");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {Wire.OPT_INFO, Wire.OPT_GO})
  void describe_unknownExport_unknownAndNoInfo(int option) throws IOException {
    try (RawClient client = greeted()) {
      client.option(option, about("\u001b[31mother\n", 1, 3));
      String text = expectError(client, option, Wire.REP_ERR_UNKNOWN);
      assertTrue(text.contains("no such export name=?[31mother?"), text);
      expectStillThere(client);
      client.go("vol");
      expectTransmission(client);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // nothing
        "0000", // less than a length
        "00000000", // no count
        "00000000 00", // half a count
        "00000004 766f6c 0000", // name longer than the data
        "ffffffff 766f6c 0000", // much longer
        "00000003 766f6c 0001", // count without items
        "00000003 766f6c 0000 0001", // items without count
        "00000003 766f6c 0001 000100", // half an item too much
        "00000003 760063 0000", // NUL
        "00000003 76ff63 0000", // not UTF-8
        "00000003 eda080 0000", // a surrogate is no UTF-8 either
      })
  void describe_malformed_invalidAndConsumed(String data) throws IOException {
    try (RawClient client = greeted()) {
      byte[] bytes = java.util.HexFormat.of().parseHex(data.replace(" ", ""));
      for (int option : new int[] {Wire.OPT_INFO, Wire.OPT_GO}) {
        client.option(option, bytes);
        expectError(client, option, Wire.REP_ERR_INVALID);
      }
      expectStillThere(client);
    }
  }

  @Test
  void describe_longestName_unknown() throws IOException {
    try (RawClient client = greeted()) {
      client.option(Wire.OPT_INFO, about("x".repeat(4096), 0, 1, 2, 3));
      expectError(client, Wire.OPT_INFO, Wire.REP_ERR_UNKNOWN);
    }
  }

  @Test
  void describe_nameTooLong_tooBig() throws IOException {
    try (RawClient client = greeted()) {
      client.option(Wire.OPT_INFO, about("x".repeat(4097)));
      expectError(client, Wire.OPT_INFO, Wire.REP_ERR_TOO_BIG);
      expectStillThere(client);
    }
  }

  @Test
  void describe_dataTooLong_tooBigAndConsumed() throws IOException {
    try (RawClient client = greeted()) {
      client.option(Wire.OPT_GO, new byte[200_000]);
      expectError(client, Wire.OPT_GO, Wire.REP_ERR_TOO_BIG);
      expectStillThere(client);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 12, 99, 0x7fff_ffff, -1})
  void option_notOffered_unsupportedAndConsumed(int option) throws IOException {
    try (RawClient client = greeted()) {
      client.option(option, new byte[0]);
      expectError(client, option, Wire.REP_ERR_UNSUP);
      client.option(option, new byte[100_000]);
      expectError(client, option, Wire.REP_ERR_UNSUP);
      expectStillThere(client);
    }
  }

  @Test
  void option_lengthBeyondReason_closes() throws IOException {
    try (RawClient client = greeted()) {
      client.send("49484156454f5054 00000063 ffffffff").expectEnd();
    }
  }

  @Test
  void option_wrongMagic_closes() throws IOException {
    try (RawClient client = greeted()) {
      client.send("49484156454f5055 00000003 00000000").expectEnd();
    }
  }

  @Test
  void option_tooMany_closes() throws IOException {
    try (RawClient client = greeted()) {
      for (int i = 0; i < 1024; i++) {
        client.option(Wire.OPT_INFO, about("other"));
        expectError(client, Wire.OPT_INFO, Wire.REP_ERR_UNKNOWN);
      }
      client.expectEnd();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"00000004", "80000003", "ffffffff", "00010001"})
  void clientFlags_unknown_closes(String flags) throws IOException {
    try (RawClient client = served.connect()) {
      client.expect(GREETING).send(flags).expectEnd();
    }
  }

  @Test
  void handshake_exportRefused_policyWithText() throws IOException {
    Exports refusing =
        new Exports() {
          @Override
          public List<ExportInfo> list() {
            return List.of();
          }

          @Override
          public Optional<ExportInfo> find(String name) {
            return Optional.of(new ExportInfo("vol", "", SIZE, false));
          }

          @Override
          public Attachment attach(String name, Client client) throws ExportException {
            throw new ExportException.Refused("volume is being deleted");
          }
        };
    NbdSettings settings = NbdSettings.listeningAt(List.of(new ListenAddress.Tcp("127.0.0.1", 0)));
    try (NbdServer server = NbdServer.start(settings, refusing);
        RawClient client = RawClient.connect(server.addresses().getFirst())) {
      client.expect(GREETING).send(FLAGS).option(Wire.OPT_GO, about("vol"));
      String text = expectError(client, Wire.OPT_GO, Wire.REP_ERR_POLICY);
      assertEquals("volume is being deleted", text);
      client.option(Wire.OPT_LIST, new byte[0]);
      client.expect(REPLY + "00000003 00000001 00000000");
      client.option(Wire.OPT_EXPORT_NAME, utf8("vol")).expectEnd();
    }
  }

  @Test
  void handshake_tooSlow_closes() throws IOException {
    try (Served hasty = Served.of(device, s -> s.withHandshakeTimeout(Duration.ofMillis(200)));
        RawClient silent = hasty.connect();
        RawClient attached = hasty.attach();
        RawClient halfway = hasty.connect()) {
      halfway.expect(GREETING).send(FLAGS).send("494841");
      halfway.expectEnd();
      silent.expect(GREETING).expectEnd();
      Eventually.holds("one is left", () -> hasty.server().connections().size() == 1);
      expectTransmission(attached); // who has an export may be idle for ever
    }
  }

  @Test
  void handshake_cutAtEveryByte_harmless() throws IOException {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(new byte[] {0, 0, 0, 3});
    for (int option : new int[] {Wire.OPT_LIST, Wire.OPT_INFO, 99, Wire.OPT_GO}) {
      byte[] data = option == Wire.OPT_LIST ? new byte[0] : about("vol", 1, 2, 3);
      whole.writeBytes(
          Bytes.of(out -> {
            out.writeLong(Wire.OPTION_MAGIC);
            out.writeInt(option);
            out.writeInt(data.length);
            out.write(data);
          }));
    }
    whole.writeBytes(RawClient.request(0, 1, 1, 0, 8));
    whole.writeBytes(new byte[8]);
    byte[] bytes = whole.toByteArray();
    for (int length = 0; length < bytes.length; length++) {
      try (RawClient client = served.connect()) {
        client.send(Arrays.copyOf(bytes, length));
      }
    }
    served.awaitNoClient();
    try (RawClient client = greeted()) {
      expectStillThere(client);
    }
  }

  @Test
  void handshake_garbage_harmless() throws IOException {
    SplittableRandom random = new SplittableRandom(42);
    for (int round = 0; round < 200; round++) {
      byte[] garbage = new byte[random.nextInt(1, 2000)];
      random.nextBytes(garbage);
      try (RawClient client = served.connect()) {
        client.expect(GREETING).send(garbage).expectEnd();
      } catch (IOException e) {
        assertTrue(e.getMessage().matches("Broken pipe|Connection reset.*"), e.getMessage());
      }
    }
    served.awaitNoClient();
    try (RawClient client = greeted()) {
      expectStillThere(client);
    }
  }

  @Test
  void handshake_garbageAfterFlags_harmless() throws IOException {
    SplittableRandom random = new SplittableRandom(43);
    for (int round = 0; round < 200; round++) {
      byte[] data = new byte[random.nextInt(1, 64)];
      random.nextBytes(data);
      try (RawClient client = greeted()) {
        client.option(random.nextInt(5, 9), data).endOutput();
        client.receive(20);
      }
    }
    served.awaitNoClient();
  }
}
