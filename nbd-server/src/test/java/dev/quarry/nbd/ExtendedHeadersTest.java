package dev.quarry.nbd;

import static dev.quarry.nbd.RawClient.extended;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.block.MemoryDevice;
import dev.quarry.block.TestBytes;
import dev.quarry.nbd.RawClient.Asked;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Conversations with extended headers, byte by byte.
@Timeout(30)
class ExtendedHeadersTest {
  private static final String REPLY = "0003e889045565a9";
  private static final int MIB = 1 << 20;
  private static final int PAGE = 64 << 10; // of a memory device: the least that is a hole
  private static final int SIZE = 40 * MIB;
  private static final int PAYLOAD = Wire.FLAG_PAYLOAD;

  private final MemoryDevice device = MemoryDevice.create(SIZE);
  private Served served;
  private RawClient client;

  @BeforeEach
  void serve() throws IOException {
    OneExport exports = new OneExport("vol", "a volume", device);
    exports.context("x:odd", (_, length, _) -> List.of(new StatusExtent(length, 5)));
    served = Served.of(exports, settings -> settings);
    client = served.attach(Asked.EXTENDED, Asked.contexts("vol", "base:allocation", "x:odd"));
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    served.close();
  }

  private static String reply(String flags, String type, long cookie, long offset, long length) {
    return "6e8a278c %s %s %016x %016x %016x".formatted(flags, type, cookie, offset, length);
  }

  private static String success(long cookie, long offset) {
    return reply("0001", "0000", cookie, offset, 0);
  }

  private void expectError(long cookie, long offset, int error, String tail) throws IOException {
    expectError(client, cookie, offset, error, tail);
  }

  private static void expectError(
      RawClient client, long cookie, long offset, int error, String tail) throws IOException {
    String type = tail.isEmpty() ? "8001" : "8002";
    client.expect("6e8a278c 0001 %s %016x %016x".formatted(type, cookie, offset));
    long length = ByteBuffer.wrap(client.receive(8)).getLong();
    client.expectErrorBody((int) length, error, tail);
  }

  private void expectStillThere() throws IOException {
    client.send(extended(0, 3, 99, 0, 0)).expect(success(99, 0));
  }

  @Test
  void option_withData_invalid() throws IOException {
    try (RawClient other = served.greeted()) {
      other.option(Wire.OPT_EXTENDED_HEADERS, new byte[1]);
      assertEquals(Wire.REP_ERR_INVALID, other.optionReply(Wire.OPT_EXTENDED_HEADERS));
      other.option(Wire.OPT_STRUCTURED_REPLY, new byte[1]);
      assertEquals(Wire.REP_ERR_INVALID, other.optionReply(Wire.OPT_STRUCTURED_REPLY));
    }
  }

  @Test
  void option_twiceOrAfterStructuredReplies_granted() throws IOException {
    try (RawClient other = served.greeted()) {
      for (int option : new int[] {8, 8, 11, 11}) {
        other.option(option, new byte[0]);
        other.expect(REPLY + "%08x 00000001 00000000".formatted(option));
      }
      other.option(Wire.OPT_STRUCTURED_REPLY, new byte[0]);
      assertEquals(Wire.REP_ERR_EXT_HEADER_REQD, other.optionReply(Wire.OPT_STRUCTURED_REPLY));
    }
  }

  @Test
  void exportName_afterwards_closes() throws IOException {
    try (RawClient other = served.greeted()) {
      other.ask(Asked.EXTENDED);
      other.option(Wire.OPT_EXPORT_NAME, new byte[] {'v', 'o', 'l'}).expectEnd();
    }
  }

  /// With contexts a BLOCK_STATUS may carry a payload, without it may not.
  @Test
  void flags_asNegotiated_sameInInfoAndGo() throws IOException {
    try (RawClient other = served.greeted()) {
      String export = "00000003 0000000c 0000 0000000002800000";
      expectFlags(other, export + "0d6d");
      other.ask(Asked.STRUCTURED);
      expectFlags(other, export + "0ded");
      other.ask(Asked.EXTENDED);
      expectFlags(other, export + "0ded");
      other.ask(Asked.contexts("vol", "base:allocation"));
      expectFlags(other, export + "1ded");
      other.option(Wire.OPT_GO, RawClient.about("vol"));
      other.expect(REPLY + "00000007" + export + "1ded");
    }
  }

  private static void expectFlags(RawClient other, String export) throws IOException {
    other.option(Wire.OPT_INFO, RawClient.about("vol"));
    other.expect(REPLY + "00000006" + export);
    other.expect(REPLY + "00000006 00000001 00000000");
  }

  @Test
  void write_withPayload_written() throws IOException {
    client.send("21e41c71 0020 0001 0123456789abcdef 0000000000001001 0000000000000003 0a0b0c");
    client.expect(success(0x0123456789abcdefL, 0x1001));
    assertArrayEquals(new byte[] {0, 10, 11, 12, 0}, TestBytes.read(device, 4096, 5));
  }

  @Test
  void read_data_oneChunk() throws IOException {
    TestBytes.write(device, 4097, new byte[] {1, 2, 3, 4, 5});
    client.send("21e41c71 0000 0000 0123456789abcdef 0000000000001000 0000000000000007");
    client.expect(reply("0001", "0001", 0x0123456789abcdefL, 0x1000, 15));
    client.expect("0000000000001000 00 0102030405 00");
  }

  @Test
  void read_hole_holeChunk() throws IOException {
    client.send(extended(0, 0, 5, 4096, 100));
    client.expect(reply("0001", "0002", 5, 4096, 12) + "0000000000001000 00000064");
  }

  @Test
  void read_longWithHoles_chunks() throws IOException {
    byte[] some = TestBytes.pattern(1, PAGE);
    TestBytes.write(device, MIB, some);
    client.send(extended(0, 0, 5, 0, 2 * MIB));
    client.expect(reply("0000", "0002", 5, 0, 12) + "0000000000000000 00100000");
    client.expect(reply("0000", "0001", 5, 0, 8 + PAGE) + "0000000000100000");
    assertArrayEquals(some, client.receive(PAGE));
    client.expect(reply("0001", "0002", 5, 0, 12) + "0000000000110000 000f0000");
    expectStillThere();
  }

  @Test
  void otherCommands_success_emptyChunk() throws IOException {
    client.send(extended(0, 4, 1, 512, SIZE - 512)).expect(success(1, 512));
    client.send(extended(0, 5, 2, 0, SIZE)).expect(success(2, 0));
    client.send(extended(Wire.FLAG_FAST_ZERO, 6, 3, 0, SIZE)).expect(success(3, 0));
    client.send(extended(0, 0, 4, 7, 0)).expect(success(4, 7));
    client.send(extended(PAYLOAD, 1, 5, 7, 0)).expect(success(5, 7));
    expectStillThere();
  }

  @Test
  void disconnect_always_endWithoutReply() throws IOException {
    client.send(extended(0, 2, 1, 0, 0)).expectEnd();
  }

  /// Ranges that need 64 bits: command, flags, offset, length, error, place.
  @ParameterizedTest
  @CsvSource({
    "0, 0, 41943039, 2, 22, 0000000002800000",
    "4, 0, 0, 4294967296, 22, 0000000002800000",
    "6, 0, 1, 9223372036854775807, 28, 0000000002800000",
    "6, 0, 0, -1, 28, 0000000002800000",
    "5, 0, -1, -1, 22, ffffffffffffffff",
    "7, 0, 0, 4294967296, 22, 0000000002800000",
  })
  void request_pastTheEnd_errorWithPlace(
      int command, int flags, long offset, long length, int error, String place)
      throws IOException {
    client.send(extended(flags, command, 7, offset, length));
    expectError(7, offset, error, place);
    expectStillThere();
  }

  /// Command, flags, length, error.
  @ParameterizedTest
  @CsvSource({
    "0, 0, 33554433, 75",
    "0, 0, 4294967296, 75",
    "0, 0, -1, 75",
    "0, 2, 1, 22",
    "7, 0, 0, 22",
    "99, 0, 4294967296, 22",
    "1, 0, 512, 22", // no payload, so none is consumed
  })
  void request_bad_error(int command, int flags, long length, int error) throws IOException {
    client.send(extended(flags, command, 7, 0, length));
    expectError(7, 0, error, "");
    expectStillThere();
  }

  @ParameterizedTest
  @CsvSource({"0", "3", "4", "5", "6", "8", "99"})
  void payload_thatDoesNotBelong_consumedAndRefused(int command) throws IOException {
    client.send(extended(PAYLOAD, command, 7, 0, 3 * MIB)).send(new byte[3 * MIB]);
    expectError(7, 0, WireError.EINVAL, "");
    expectStillThere();
  }

  @ParameterizedTest
  @CsvSource({"1, 33554433", "0, 33554433", "1, 4294967296", "1, -1"})
  void payload_overTheLimit_closes(int command, long length) throws IOException {
    client.send(extended(PAYLOAD, command, 7, 0, length)).expectEnd();
  }

  @Test
  void write_largest_written() throws IOException {
    byte[] data = TestBytes.pattern(1, 32 * MIB);
    client.send(extended(PAYLOAD, 1, 7, 5, data.length)).send(data).expect(success(7, 5));
    assertArrayEquals(data, TestBytes.read(device, 5, data.length));
    client.send(extended(0, 0, 8, 5, data.length));
    client.expect(reply("0001", "0001", 8, 5, 8 + 32 * MIB) + "0000000000000005");
    assertArrayEquals(data, client.receive(data.length));
  }

  @Test
  void status_allContexts_oneChunkEach() throws IOException {
    TestBytes.write(device, PAGE, TestBytes.pattern(1, PAGE));
    client.send(extended(0, 7, 5, 0, SIZE));
    client.expect(reply("0000", "0006", 5, 0, 8 + 3 * 16) + "00000001 00000003");
    client.expect("0000000000010000 0000000000000003 0000000000010000 0000000000000000");
    client.expect("00000000027e0000 0000000000000003");
    client.expect(reply("0001", "0006", 5, 0, 8 + 16) + "00000002 00000001");
    client.expect("0000000002800000 0000000000000005");
  }

  @Test
  void status_payload_chosenContextsOnly() throws IOException {
    client.send(extended(PAYLOAD, 7, 5, 512, 12));
    client.send("0000000000000200 00000002");
    client.expect(reply("0001", "0006", 5, 512, 24) + "00000002 00000001");
    client.expect("0000000000000200 0000000000000005");
    client.send(extended(PAYLOAD | Wire.FLAG_REQ_ONE, 7, 6, 0, 16));
    client.send("0000000000000200 00000002 00000001");
    client.expect(reply("0000", "0006", 6, 0, 24) + "00000001 00000001");
    client.expect("0000000000000200 0000000000000003");
    client.expect(reply("0001", "0006", 6, 0, 24) + "00000002 00000001");
    client.expect("0000000000000200 0000000000000005");
  }

  @ParameterizedTest
  @CsvSource({
    "0000000000000200", // no context
    "00000000000002", // not even a length
    "0000000000000200 00000001 000000", // a part of one
    "0000000000000200 00000000",
    "0000000000000200 00000003",
    "0000000000000200 80000001",
    "0000000000000200 00000001 00000001", // twice
    "0000000000000200 00000001 00000002 00000001", // more than there are
    "0000000000000000 00000001", // no range
  })
  void status_badPayload_consumedAndRefused(String payload) throws IOException {
    client.send(extended(PAYLOAD, 7, 5, 0, payload.replace(" ", "").length() / 2)).send(payload);
    expectError(5, 0, WireError.EINVAL, "");
    expectStillThere();
  }

  @Test
  void status_payloadWithRangePastTheEnd_refused() throws IOException {
    client.send(extended(PAYLOAD, 7, 5, 0, 12)).send("0000000100000000 00000001");
    expectError(5, 0, WireError.EINVAL, "0000000002800000");
    expectStillThere();
  }

  @Test
  void status_payloadWithoutContexts_consumedAndRefused() throws IOException {
    try (RawClient other = served.attach(Asked.EXTENDED)) {
      other.send(extended(PAYLOAD, 7, 5, 0, 12)).send("0000000000000200 00000001");
      expectError(other, 5, 0, WireError.EINVAL, "");
      other.send(extended(0, 3, 9, 0, 0)).expect(success(9, 0));
    }
  }

  @Test
  void requests_oneByteAtATime_allAnswered() throws IOException {
    sendSlowly(extended(PAYLOAD, 1, 1, 0, 3));
    sendSlowly(new byte[] {1, 2, 3});
    client.expect(success(1, 0));
    sendSlowly(extended(PAYLOAD, 7, 2, 0, 12));
    sendSlowly(
        Bytes.of(out -> {
          out.writeLong(100);
          out.writeInt(2);
        }));
    client.expect(reply("0001", "0006", 2, 0, 24) + "00000002 00000001");
    client.expect("0000000000000064 0000000000000005");
    sendSlowly(extended(0, 3, 3, 0, 0));
    client.expect(success(3, 0));
  }

  private void sendSlowly(byte[] message) throws IOException {
    for (byte b : message) {
      client.send(new byte[] {b});
    }
  }

  @Test
  void request_compactHeader_closes() throws IOException {
    client.send(RawClient.request(0, 0, 1, 0, 1)).send(new byte[4]).expectEnd();
  }
}
