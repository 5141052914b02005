package dev.quarry.nbd;

import dev.quarry.block.Durability;
import dev.quarry.block.ZeroMode;
import java.lang.foreign.MemorySegment;

/// A request's header, decoded. One object takes the headers of many requests in turn.
///
/// ```
/// 0     4      6      8       16      24      28
/// magic flags  type   cookie  offset  length  (payload of a WRITE)
///
/// with extended headers
/// 0     4      6      8       16      24      32
/// magic flags  type   cookie  offset  length  (payload of that length, if flagged)
/// ```
final class Request {
  /// Every metadata context that was negotiated.
  static final long ALL_CONTEXTS = -1;

  private int flags;
  private Command command = Command.UNKNOWN;
  private long cookie;
  private long offset;
  private long length;
  private long payloadBytes;
  private long contexts;

  /// The length of a header.
  static int headerBytes(ReplyStyle style) {
    return style == ReplyStyle.EXTENDED ? Wire.EXTENDED_REQUEST_BYTES : Wire.REQUEST_BYTES;
  }

  /// Decodes the header at `at`; nothing in it has been checked afterwards.
  ///
  /// @return false if this is no request: what follows in the stream cannot be understood
  boolean decode(MemorySegment from, long at, ReplyStyle style) {
    boolean extended = style == ReplyStyle.EXTENDED;
    int magic = extended ? Wire.EXTENDED_REQUEST_MAGIC : Wire.REQUEST_MAGIC;
    if (from.get(Wire.INT, at) != magic) {
      return false;
    }
    flags = from.get(Wire.SHORT, at + 4) & 0xffff;
    command = Command.of(from.get(Wire.SHORT, at + 6) & 0xffff);
    cookie = from.get(Wire.LONG, at + 8);
    offset = from.get(Wire.LONG, at + 16);
    contexts = ALL_CONTEXTS;
    if (extended) {
      length = from.get(Wire.LONG, at + 24);
      payloadBytes = (flags & Wire.FLAG_PAYLOAD) == 0 ? 0 : length;
    } else {
      length = from.get(Wire.INT, at + 24) & 0xffff_ffffL;
      payloadBytes = command == Command.WRITE ? length : 0;
    }
    return true;
  }

  void copyFrom(Request other) {
    flags = other.flags;
    command = other.command;
    cookie = other.cookie;
    offset = other.offset;
    length = other.length;
    payloadBytes = other.payloadBytes;
    contexts = other.contexts;
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

  /// Its length in bytes; negative for what a client sent as 2^63 or more.
  long length() {
    return length;
  }

  /// The bytes of payload that follow the header in the stream; negative for 2^63 or more.
  long payloadBytes() {
    return payloadBytes;
  }

  /// The metadata contexts it asks for, one bit each, or [#ALL_CONTEXTS].
  long contexts() {
    return contexts;
  }

  /// Takes over what a payload said that is gone from the stream now.
  void narrowTo(long effectLength, long chosenContexts) {
    length = effectLength;
    contexts = chosenContexts;
    payloadBytes = 0;
  }

  Durability durability() {
    return flagged(Wire.FLAG_FUA) ? Durability.FORCED : Durability.CACHED;
  }

  ZeroMode zeroMode() {
    return flagged(Wire.FLAG_NO_HOLE) ? ZeroMode.ALLOCATE : ZeroMode.PUNCH;
  }

  boolean flagged(int flag) {
    return (flags & flag) != 0;
  }

  @Override
  public String toString() {
    return "command=%s flags=%#x offset=%d length=%d".formatted(command, flags, offset, length);
  }
}
