package dev.quarry.nbd;

import dev.quarry.block.Durability;
import dev.quarry.block.ZeroMode;
import java.lang.foreign.MemorySegment;

/// A request's header, decoded. One object takes the headers of many requests in turn.
///
/// ```
/// 0     4      6      8       16      24      28
/// magic flags  type   cookie  offset  length  (payload of a WRITE)
/// ```
final class Request {
  private int flags;
  private Command command = Command.UNKNOWN;
  private long cookie;
  private long offset;
  private long length;

  /// Decodes the header at `at`; nothing in it has been checked afterwards.
  ///
  /// @return false if this is no request: what follows in the stream cannot be understood
  boolean decode(MemorySegment from, long at) {
    if (from.get(Wire.INT, at) != Wire.REQUEST_MAGIC) {
      return false;
    }
    flags = from.get(Wire.SHORT, at + 4) & 0xffff;
    command = Command.of(from.get(Wire.SHORT, at + 6) & 0xffff);
    cookie = from.get(Wire.LONG, at + 8);
    offset = from.get(Wire.LONG, at + 16);
    length = from.get(Wire.INT, at + 24) & 0xffff_ffffL;
    return true;
  }

  void copyFrom(Request other) {
    flags = other.flags;
    command = other.command;
    cookie = other.cookie;
    offset = other.offset;
    length = other.length;
  }

  Command command() {
    return command;
  }

  int flags() {
    return flags;
  }

  /// The client's name for this request; it goes into the reply.
  long cookie() {
    return cookie;
  }

  /// Where it begins, in bytes; negative for what a client sent as 2^63 or more.
  long offset() {
    return offset;
  }

  /// Its length in bytes, 0 to 2^32 - 1.
  long length() {
    return length;
  }

  /// The bytes of payload that follow the header in the stream.
  long payloadBytes() {
    return command == Command.WRITE ? length : 0;
  }

  Durability durability() {
    return (flags & Wire.FLAG_FUA) == 0 ? Durability.CACHED : Durability.FORCED;
  }

  ZeroMode zeroMode() {
    return (flags & Wire.FLAG_NO_HOLE) == 0 ? ZeroMode.PUNCH : ZeroMode.ALLOCATE;
  }

  @Override
  public String toString() {
    return "command=%s flags=%#x offset=%d length=%d".formatted(command, flags, offset, length);
  }
}
