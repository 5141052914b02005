package dev.quarry.load;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Replies as they arrive: many come in one call. What was read is counted and left alone.
///
/// ```
/// 0 magic | 4 error | 8 cookie | 16 payload of a read that went well
/// ```
final class Inbox {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final int REPLY_MAGIC = 0x67446698;
  private static final int REPLY_BYTES = 16;
  private static final int ROOM = 1 << 20;

  private final MemorySegment memory;
  private long begin;
  private long end;
  private long toSkip; // payload of the reply that was taken last

  Inbox(Arena arena) {
    memory = arena.allocate(ROOM, 4096);
  }

  /// Receives what is there.
  ///
  /// @return whether there was anything
  boolean receive(NbdSocket socket) {
    if (begin == end) {
      begin = 0;
      end = 0;
    } else if (end == ROOM) {
      MemorySegment.copy(memory, begin, memory, 0, end - begin);
      end -= begin;
      begin = 0;
    }
    long count = socket.receive(memory, end, ROOM - end);
    end += count;
    return count > 0;
  }

  /// Whether the header of another reply is here. It ends with that of one before.
  boolean hasReply() {
    long skipped = Math.min(toSkip, end - begin);
    begin += skipped;
    toSkip -= skipped;
    return toSkip == 0 && end - begin >= REPLY_BYTES;
  }

  long cookie() {
    if (memory.get(INT, begin) != REPLY_MAGIC) {
      throw new NbdException("the server sent what is no simple reply");
    }
    return memory.get(LONG, begin + 8);
  }

  /// 0 if all went well, or an error number of NBD.
  int error() {
    return memory.get(INT, begin + 4);
  }

  /// Goes on to the next reply.
  ///
  /// @param payload bytes that follow this one
  void take(int payload) {
    begin += REPLY_BYTES;
    toSkip = payload;
  }
}
