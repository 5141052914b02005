package dev.quarry.load;

import dev.quarry.block.IoKind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/// Requests on their way to the server: many go in one call.
///
/// ```
/// 0 magic | 4 flags | 6 type | 8 cookie | 16 offset | 24 length | 28 payload of a write
/// ```
final class Outbox {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final int REQUEST_MAGIC = 0x25609513;
  private static final int REQUEST_BYTES = 28;
  private static final int FLAG_FUA = 1;
  private static final int CMD_READ = 0;
  private static final int CMD_WRITE = 1;
  private static final int CMD_DISCONNECT = 2;
  private static final int ROOM = 1 << 20;

  private final MemorySegment memory;
  private final MemorySegment pattern; // what is written: random, as data that is compressed is
  private final int flags;
  private long sent;
  private long end;

  /// @param largest the longest request
  Outbox(Arena arena, int largest, boolean forced, long seed) {
    memory = arena.allocate(Math.max(ROOM, REQUEST_BYTES + (long) largest), 4096);
    pattern = arena.allocate(largest, 4096);
    flags = forced ? FLAG_FUA : 0;
    SplittableRandom random = new SplittableRandom(seed);
    for (long at = 0; at + 8 <= largest; at += 8) {
      pattern.set(ValueLayout.JAVA_LONG, at, random.nextLong());
    }
  }

  boolean hasRoomFor(IoKind kind, int length) {
    return end + REQUEST_BYTES + (kind == IoKind.READ ? 0 : length) <= memory.byteSize();
  }

  void add(IoKind kind, long cookie, long offset, int length) {
    boolean write = kind == IoKind.WRITE;
    memory.set(INT, end, REQUEST_MAGIC);
    memory.set(SHORT, end + 4, (short) (write ? flags : 0));
    memory.set(SHORT, end + 6, (short) (write ? CMD_WRITE : CMD_READ));
    memory.set(LONG, end + 8, cookie);
    memory.set(LONG, end + 16, offset);
    memory.set(INT, end + 24, length);
    end += REQUEST_BYTES;
    if (write) {
      MemorySegment.copy(pattern, 0, memory, end, length);
      end += length;
    }
  }

  /// Says goodbye; nothing may follow.
  void addDisconnect() {
    memory.set(INT, end, REQUEST_MAGIC);
    memory.set(SHORT, end + 4, (short) 0);
    memory.set(SHORT, end + 6, (short) CMD_DISCONNECT);
    memory.asSlice(end + 8, REQUEST_BYTES - 8).fill((byte) 0);
    end += REQUEST_BYTES;
  }

  boolean isEmpty() {
    return sent == end;
  }

  /// Sends what there is room for.
  void send(NbdSocket socket) {
    if (sent < end) {
      sent += socket.send(memory, sent, end - sent);
      if (sent == end) {
        sent = 0;
        end = 0;
      }
    }
  }
}
