package dev.quarry.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.MemoryDevice;
import dev.quarry.block.TestBytes;
import dev.quarry.nbd.RawClient.Asked;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/// Requests of any command, flags and range, good or bad: each is answered, once, in chunks that
/// the protocol allows, and the connection goes on.
class AnyRequestProperties {
  private static final int SIZE = 4 << 20;
  private static final int PAYLOAD_LIMIT = 200_000; // what is sent along; longer is asked for only
  private static final long LAST = -1;

  /// A request; `payload` is what the flag for payloads says, where there is one.
  record Any(int command, int flags, long offset, long length, boolean payload) {
    /// The bytes that follow the header.
    int payloadBytes(ReplyStyle style) {
      boolean has = style == ReplyStyle.EXTENDED ? payload : command == 1;
      return has ? (int) length : 0;
    }

    byte[] header(ReplyStyle style, long cookie) {
      return style == ReplyStyle.EXTENDED
          ? RawClient.extended(
              payload ? flags | Wire.FLAG_PAYLOAD : flags & ~Wire.FLAG_PAYLOAD,
              command,
              cookie,
              offset,
              length)
          : RawClient.request(flags, command, cookie, offset, length);
    }
  }

  @Provide
  Arbitrary<List<Any>> requests() {
    Arbitrary<Integer> commands =
        Arbitraries.frequencyOf(
            Tuple.of(9, Arbitraries.of(0, 1, 3, 4, 5, 6, 7)),
            Tuple.of(1, Arbitraries.of(8, 9, 255, 65535)));
    Arbitrary<Integer> flags =
        Arbitraries.frequencyOf(
            Tuple.of(4, Arbitraries.of(0, 1, 2, 4, 8, 16)),
            Tuple.of(1, Arbitraries.integers().between(0, 0xffff)));
    Arbitrary<Long> offsets =
        Arbitraries.frequencyOf(
            Tuple.of(8, Arbitraries.longs().between(0, SIZE)), Tuple.of(1, Arbitraries.longs()));
    Arbitrary<Long> lengths =
        Arbitraries.frequencyOf(
            Tuple.of(2, Arbitraries.of(0L, 12L, 16L, 512L, 4096L, 65536L)),
            Tuple.of(4, Arbitraries.longs().between(0, PAYLOAD_LIMIT)),
            Tuple.of(2, Arbitraries.longs().between(0, SIZE)));
    return Combinators.combine(commands, flags, offsets, lengths, Arbitraries.of(true, true, false))
        .as(Any::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(30);
  }

  @Property(tries = 150)
  void requests_any_eachAnsweredAsTheProtocolAllows(
      @ForAll ReplyStyle style, @ForAll("requests") List<Any> requests) throws IOException {
    MemoryDevice device = MemoryDevice.create(SIZE);
    TestBytes.write(device, 1 << 20, TestBytes.pattern(1, 1 << 20));
    try (Served served = Served.of(device);
        RawClient client = attach(served, style)) {
      Map<Long, Any> open = new HashMap<>();
      for (int i = 0; i < requests.size(); i++) {
        Any request = requests.get(i);
        open.put((long) i, request);
        client.send(request.header(style, i));
        client.send(new byte[request.payloadBytes(style)]);
        while (open.size() > 4) {
          takeReply(client, style, open);
        }
      }
      Any flush = new Any(3, 0, 0, 0, false);
      open.put(LAST, flush);
      client.send(flush.header(style, LAST));
      while (!open.isEmpty()) {
        takeReply(client, style, open);
      }
    }
  }

  private static RawClient attach(Served served, ReplyStyle style) throws IOException {
    Asked contexts = Asked.contexts("vol", "base:allocation");
    return switch (style) {
      case SIMPLE -> served.attach();
      case STRUCTURED -> served.attach(Asked.STRUCTURED, contexts);
      case EXTENDED -> served.attach(Asked.EXTENDED, contexts);
    };
  }

  private static void takeReply(RawClient client, ReplyStyle style, Map<Long, Any> open)
      throws IOException {
    int magic = ByteBuffer.wrap(client.receive(4)).getInt();
    if (magic == Wire.SIMPLE_REPLY_MAGIC) {
      assertTrue(style != ReplyStyle.EXTENDED, "a simple reply with extended headers");
      ByteBuffer rest = ByteBuffer.wrap(client.receive(12));
      int error = rest.getInt();
      Any request = open.remove(rest.getLong());
      assertNotNull(request, "answered twice or never asked");
      if (request.command() == 0) {
        assertEquals(ReplyStyle.SIMPLE, style);
        client.receive(error == 0 ? (int) request.length() : 0);
      }
      return;
    }
    boolean extended = style == ReplyStyle.EXTENDED;
    assertEquals(extended ? Wire.EXTENDED_REPLY_MAGIC : Wire.CHUNK_MAGIC, magic);
    ByteBuffer header = ByteBuffer.wrap(client.receive(extended ? 28 : 16));
    boolean last = header.getShort() == Wire.CHUNK_DONE;
    short type = header.getShort();
    long cookie = header.getLong();
    Any request = open.get(cookie);
    assertNotNull(request, "answered twice or never asked");
    if (extended) {
      assertEquals(request.offset(), header.getLong());
    }
    long length = extended ? header.getLong() : header.getInt();
    check(request, type, ByteBuffer.wrap(client.receive((int) length)));
    if (last) {
      open.remove(cookie);
    }
  }

  private static void check(Any request, short type, ByteBuffer payload) {
    switch (type) {
      case Wire.CHUNK_NONE -> assertEquals(0, payload.remaining());
      case Wire.CHUNK_DATA -> checkRange(request, payload.getLong(), payload.remaining());
      case Wire.CHUNK_HOLE -> checkRange(request, payload.getLong(), payload.getInt());
      case Wire.CHUNK_STATUS, Wire.CHUNK_STATUS_EXTENDED -> {
        assertEquals(7, request.command());
        assertEquals(1, payload.getInt());
        assertTrue(payload.hasRemaining());
      }
      case Wire.CHUNK_ERROR, Wire.CHUNK_ERROR_AT -> {
        assertTrue(payload.getInt() != 0);
        int text = payload.getShort();
        assertEquals(text + (type == Wire.CHUNK_ERROR_AT ? 8 : 0), payload.remaining());
      }
      default -> throw new AssertionError("unknown type " + type);
    }
  }

  private static void checkRange(Any request, long offset, long length) {
    assertEquals(0, request.command());
    assertTrue(length > 0 && offset >= request.offset());
    assertTrue(offset + length <= request.offset() + request.length());
  }
}
