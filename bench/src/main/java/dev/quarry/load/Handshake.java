package dev.quarry.load;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// The client's side of the handshake, up to requests (NBD protocol, "Fixed newstyle negotiation").
///
/// Asks for nothing but the export, so that all replies will be simple ones.
final class Handshake {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private static final long GREETING_MAGIC = 0x4e42444d41474943L;
  private static final long OPTION_MAGIC = 0x49484156454f5054L;
  private static final long REPLY_MAGIC = 0x0003e889045565a9L;
  private static final int FIXED_NEWSTYLE = 1;
  private static final int NO_ZEROES = 2;
  private static final int OPT_GO = 7;
  private static final int REP_ACK = 1;
  private static final int REP_INFO = 3;
  private static final int REP_ERROR = 0x8000_0000;
  private static final int REP_ERR_TLS_REQD = 0x8000_0005;
  private static final int REP_ERR_UNKNOWN = 0x8000_0006;
  private static final int INFO_EXPORT = 0;
  private static final int INFO_BLOCK_SIZE = 3;
  private static final int REPLY_HEADER = 20;
  private static final int MOST_BYTES = 1 << 16;

  private final NbdSocket socket;
  private final MemorySegment memory;
  private long sizeBytes = -1;
  private int flags;
  private int minimumBytes = 1;
  private long payloadBytes = 32 << 20;

  private Handshake(NbdSocket socket, Arena arena) {
    this.socket = socket;
    this.memory = arena.allocate(MOST_BYTES, 8);
  }

  static Export of(NbdSocket socket, String name) {
    try (Arena arena = Arena.ofConfined()) {
      return new Handshake(socket, arena).run(name);
    }
  }

  private Export run(String name) {
    socket.receiveAll(memory, 18);
    int serverFlags = memory.get(SHORT, 16);
    if (memory.get(LONG, 0) != GREETING_MAGIC
        || memory.get(LONG, 8) != OPTION_MAGIC
        || (serverFlags & FIXED_NEWSTYLE) == 0) {
      throw new NbdException("that is no NBD server, or one older than fixed newstyle");
    }
    byte[] export = name.getBytes(StandardCharsets.UTF_8);
    int dataBytes = 4 + export.length + 2 + 2;
    memory.set(INT, 0, FIXED_NEWSTYLE | serverFlags & NO_ZEROES);
    memory.set(LONG, 4, OPTION_MAGIC);
    memory.set(INT, 12, OPT_GO);
    memory.set(INT, 16, dataBytes);
    memory.set(INT, 20, export.length);
    MemorySegment.copy(export, 0, memory, ValueLayout.JAVA_BYTE, 24, export.length);
    memory.set(SHORT, 24L + export.length, (short) 1);
    memory.set(SHORT, 26L + export.length, (short) INFO_BLOCK_SIZE);
    socket.sendAll(memory, 20L + dataBytes);
    while (!acknowledged(name)) {}
    if (sizeBytes < 0) {
      throw new NbdException("the server did not tell the size of the export");
    }
    return new Export(sizeBytes, flags, minimumBytes, payloadBytes);
  }

  /// Reads a reply to the option.
  private boolean acknowledged(String name) {
    socket.receiveAll(memory, REPLY_HEADER);
    int type = memory.get(INT, 12);
    int length = memory.get(INT, 16);
    if (memory.get(LONG, 0) != REPLY_MAGIC || length < 0 || length > MOST_BYTES) {
      throw new NbdException("the server answers with what is no reply");
    }
    socket.receiveAll(memory, length);
    if ((type & REP_ERROR) != 0) {
      throw new NbdException(
          switch (type) {
            case REP_ERR_UNKNOWN -> "the server has no export named '" + name + "'";
            case REP_ERR_TLS_REQD -> "the server demands TLS, which this client does not speak";
            default -> "the server refuses the export '%s' reply=%08x".formatted(name, type);
          });
    }
    if (type == REP_INFO && length >= 2) {
      info(length);
    }
    return type == REP_ACK;
  }

  private void info(int length) {
    int what = memory.get(SHORT, 0);
    if (what == INFO_EXPORT && length == 12) {
      sizeBytes = memory.get(LONG, 2);
      flags = memory.get(SHORT, 10) & 0xffff;
    } else if (what == INFO_BLOCK_SIZE && length == 14) {
      minimumBytes = memory.get(INT, 2);
      payloadBytes = memory.get(INT, 10) & 0xffff_ffffL;
    }
  }
}
