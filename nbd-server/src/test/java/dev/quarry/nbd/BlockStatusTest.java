package dev.quarry.nbd;

import static dev.quarry.nbd.RawClient.request;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.Durability;
import dev.quarry.block.Extent;
import dev.quarry.block.FilterBlockDevice;
import dev.quarry.block.MemoryDevice;
import dev.quarry.block.TestBytes;
import dev.quarry.block.ZeroMode;
import dev.quarry.nbd.RawClient.Asked;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Metadata contexts and BLOCK_STATUS, byte by byte.
@Timeout(30)
class BlockStatusTest {
  private static final String REPLY = "0003e889045565a9";
  private static final String BASE = "626173653a616c6c6f636174696f6e"; // base:allocation
  private static final String ERROR = "668e33ef 0001 8001";
  private static final int MIB = 1 << 20;
  private static final int PAGE = 64 << 10; // of a memory device: the least that is a hole
  private static final int LIST = Wire.OPT_LIST_META_CONTEXT;
  private static final int SET = Wire.OPT_SET_META_CONTEXT;

  private final MemoryDevice device = MemoryDevice.create(MIB);
  private Served served;

  @BeforeEach
  void serve() throws IOException {
    served = Served.of(device);
    TestBytes.write(device, PAGE, TestBytes.pattern(1, 2 * PAGE));
  }

  @AfterEach
  void close() throws IOException {
    served.close();
  }

  private RawClient structured() throws IOException {
    return served.greeted().ask(Asked.STRUCTURED);
  }

  private RawClient attached() throws IOException {
    return served.attach(Asked.STRUCTURED, Asked.contexts("vol", "base:allocation"));
  }

  private static void expectNothingChosen(RawClient client) throws IOException {
    client.go("vol");
    client.send(request(0, 7, 1, 0, 1)).expectError(ERROR, 1, WireError.EINVAL, "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"''", "base:", "base:allocation", "base:allocation,base:", "x:y,base:"})
  void list_queriesThatMatch_named(String queries) throws IOException {
    try (RawClient client = served.greeted()) {
      client.option(
          LIST,
          RawClient.contextQueries("vol", queries.isEmpty() ? new String[0] : queries.split(",")));
      client.expect(REPLY + "00000009 00000004 00000013 00000000" + BASE);
      client.expect(REPLY + "00000009 00000001 00000000");
    }
  }

  @ParameterizedTest
  @CsvSource({"base", "base:other", "other:", "''", "BASE:allocation"})
  void list_queryThatMatchesNone_nothing(String query) throws IOException {
    try (RawClient client = served.greeted()) {
      client.option(LIST, RawClient.contextQueries("vol", query));
      client.expect(REPLY + "00000009 00000001 00000000");
    }
  }

  @Test
  void set_context_numbered() throws IOException {
    try (RawClient client = structured()) {
      client.option(
          SET,
          RawClient.contextQueries("vol", "x:y", "base:allocation", "base:", "base:allocation"));
      client.expect(REPLY + "0000000a 00000004 00000013 00000001" + BASE);
      client.expect(REPLY + "0000000a 00000001 00000000");
    }
  }

  @ParameterizedTest
  @CsvSource({"base:", "x:y", "''"})
  void set_noContext_nothing(String query) throws IOException {
    try (RawClient client = structured()) {
      client.option(SET, RawClient.contextQueries("vol", query));
      client.expect(REPLY + "0000000a 00000001 00000000");
      expectNothingChosen(client);
    }
  }

  @Test
  void set_beforeStructuredReplies_invalid() throws IOException {
    try (RawClient client = served.greeted()) {
      client.option(SET, RawClient.contextQueries("vol", "base:allocation"));
      assertEquals(Wire.REP_ERR_INVALID, client.optionReply(SET));
    }
  }

  @Test
  void set_failsAfterASuccess_nothingIsChosen() throws IOException {
    try (RawClient client = structured()) {
      client.ask(Asked.contexts("vol", "base:allocation"));
      client.option(SET, RawClient.contextQueries("other", "base:allocation"));
      assertEquals(Wire.REP_ERR_UNKNOWN, client.optionReply(SET));
      expectNothingChosen(client);
    }
  }

  @Test
  void set_underAnotherName_notChosen() throws IOException {
    try (RawClient client = structured()) {
      client.ask(Asked.contexts("", "base:allocation"));
      expectNothingChosen(client);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "''",
    "00000003766f6c", // no count
    "00000003766f6c 000000", // a part of it
    "00000003766f6c 00000001", // no query
    "00000003766f6c 00000001 00000002 78", // a short one
    "00000003766f6c 00000001 00000001 78 00", // more than that
    "00000003766f6c ffffffff 00000001 78",
    "ffffffff766f6c 00000000",
    "00000003766f6c 00000001 00000001 00", // NUL
    "00000003766f6c 00000001 00000001 ff", // not UTF-8
  })
  void contexts_malformed_invalidAndConsumed(String data) throws IOException {
    byte[] bytes = java.util.HexFormat.of().parseHex(data.replace(" ", ""));
    try (RawClient client = structured()) {
      for (int option : new int[] {LIST, SET}) {
        client.option(option, bytes);
        assertEquals(Wire.REP_ERR_INVALID, client.optionReply(option));
      }
      client.go("vol");
    }
  }

  @Test
  void status_severalExtents_described() throws IOException {
    try (RawClient client = attached()) {
      device.zero(PAGE, PAGE, ZeroMode.PUNCH, Durability.CACHED);
      client.send(request(0, 7, 5, 100, MIB - 100));
      client.expect("668e33ef 0001 0005 0000000000000005 0000001c 00000001");
      client.expect("0001ff9c 00000003  00010000 00000000  000d0000 00000003");
      client.flush(6).expectReply(0, 6);
    }
  }

  @Test
  void status_reqOne_oneExtentInsideTheRange() throws IOException {
    try (RawClient client = attached()) {
      client.send(request(8, 7, 5, PAGE, 100));
      client.expect("668e33ef 0001 0005 0000000000000005 0000000c 00000001 00000064 00000000");
      client.send(request(9, 7, 6, 0, MIB));
      client.expect("668e33ef 0001 0005 0000000000000006 0000000c 00000001 00010000 00000003");
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 0", "2, 0, 1", "4, 0, 1", "32, 0, 1"})
  void status_bad_invalid(int flags, long offset, long length) throws IOException {
    try (RawClient client = attached()) {
      client.send(request(flags, 7, 5, offset, length));
      client.expectError(ERROR, 5, WireError.EINVAL, "");
    }
  }

  @Test
  void status_pastTheEnd_invalid() throws IOException {
    try (RawClient client = attached()) {
      client.send(request(0, 7, 5, 0, MIB + 1));
      client.expectError("668e33ef 0001 8002", 5, WireError.EINVAL, "0000000000100000");
    }
  }

  @Test
  void status_moreExtentsThanAnAnswerHolds_cutShort() throws IOException {
    try (Served striped = Served.of(new Striped(device));
        RawClient client =
            striped.attach(Asked.STRUCTURED, Asked.contexts("vol", "base:allocation"))) {
      for (int cookie = 1; cookie <= 40; cookie++) { // together, so that workers answer
        client.send(request(0, 7, cookie, 0, MIB));
      }
      for (int i = 0; i < 40; i++) {
        client.expect("668e33ef 0001 0005");
        client.receive(8);
        client.expect("%08x 00000001".formatted(4 + 8 * 2000));
        ByteBuffer extents = ByteBuffer.wrap(client.receive(8 * 2000));
        for (int k = 0; k < 2000; k++) {
          assertEquals(16, extents.getInt());
          assertEquals(k % 2 == 0 ? 0 : 3, extents.getInt());
        }
      }
    }
  }

  /// Contexts of an export's own, of which a client may choose some.
  @Test
  void status_furtherContexts_oneChunkEach() throws IOException {
    OneExport exports = new OneExport("vol", "", device);
    exports.context(
        "quarry:parity",
        (offset, length, limit) ->
            List.of(new StatusExtent(length / 2, 7), new StatusExtent(length - length / 2, 7)));
    exports.context("quarry:none", (_, length, _) -> List.of(new StatusExtent(length, 0)));
    try (Served further = Served.of(exports, settings -> settings);
        RawClient client =
            further.attach(
                Asked.STRUCTURED,
                new Asked(LIST, RawClient.contextQueries("vol", "quarry:"), 2),
                Asked.contexts("vol", "quarry:parity", "base:allocation"))) {
      client.send(request(0, 7, 5, 0, PAGE));
      client.expect("668e33ef 0000 0005 0000000000000005 0000000c 00000001 00010000 00000003");
      client.expect("668e33ef 0001 0005 0000000000000005 0000000c 00000002 00010000 00000007");
    }
  }

  @Test
  void go_contextGoneMeanwhile_refused() throws IOException {
    OneExport exports = new OneExport("vol", "", device);
    exports.context("quarry:none", (_, length, _) -> List.of(new StatusExtent(length, 0)));
    try (Served changing = Served.of(exports, settings -> settings);
        RawClient client = changing.greeted()) {
      client.ask(Asked.STRUCTURED).ask(Asked.contexts("vol", "quarry:none"));
      exports.forgetContexts();
      client.option(Wire.OPT_GO, RawClient.about("vol"));
      assertEquals(Wire.REP_ERR_INVALID, client.optionReply(Wire.OPT_GO));
      assertEquals(0, exports.attached());
      client.ask(Asked.contexts("vol"));
      client.go("vol");
    }
  }

  /// Data and holes in turn, 16 bytes each.
  private static final class Striped extends FilterBlockDevice {
    Striped(BlockDevice next) {
      super(next);
    }

    @Override
    public List<Extent> extents(long offset, long length, int limit) {
      List<Extent> extents = new ArrayList<>();
      for (long at = offset; at < offset + length && extents.size() < limit; at += 16) {
        boolean data = at / 16 % 2 == 0;
        extents.add(new Extent(at, 16, data ? Extent.State.DATA : Extent.State.HOLE));
      }
      return extents;
    }

    @Override
    protected BlockDevice over(BlockDevice next) {
      return new Striped(next);
    }
  }
}
