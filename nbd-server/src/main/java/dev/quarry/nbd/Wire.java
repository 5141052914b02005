package dev.quarry.nbd;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The numbers of the protocol, and its byte order.
final class Wire {
  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  // Handshake ("Fixed newstyle negotiation").
  static final long GREETING_MAGIC = 0x4e42444d41474943L; // "NBDMAGIC"
  static final long OPTION_MAGIC = 0x49484156454f5054L; // "IHAVEOPT"
  static final long OPTION_REPLY_MAGIC = 0x0003e889045565a9L;
  static final short FIXED_NEWSTYLE = 1;
  static final short NO_ZEROES = 2;

  static final int OPT_EXPORT_NAME = 1;
  static final int OPT_ABORT = 2;
  static final int OPT_LIST = 3;
  static final int OPT_INFO = 6;
  static final int OPT_GO = 7;

  static final int REP_ACK = 1;
  static final int REP_SERVER = 2;
  static final int REP_INFO = 3;
  static final int REP_ERR_UNSUP = 0x8000_0001;
  static final int REP_ERR_POLICY = 0x8000_0002;
  static final int REP_ERR_INVALID = 0x8000_0003;
  static final int REP_ERR_UNKNOWN = 0x8000_0006;
  static final int REP_ERR_SHUTDOWN = 0x8000_0007;
  static final int REP_ERR_TOO_BIG = 0x8000_0009;

  static final int INFO_EXPORT = 0;
  static final int INFO_NAME = 1;
  static final int INFO_DESCRIPTION = 2;
  static final int INFO_BLOCK_SIZE = 3;

  /// The longest string, in bytes ("Values").
  static final int STRING_LIMIT = 4096;

  // Transmission flags.
  static final int HAS_FLAGS = 1;
  static final int READ_ONLY = 1 << 1;
  static final int SEND_FLUSH = 1 << 2;
  static final int SEND_FUA = 1 << 3;
  static final int SEND_TRIM = 1 << 5;
  static final int SEND_WRITE_ZEROES = 1 << 6;
  static final int CAN_MULTI_CONN = 1 << 8;
  static final int SEND_CACHE = 1 << 10;

  // Transmission ("Request message", "Simple reply message").
  static final int REQUEST_MAGIC = 0x25609513;
  static final int REQUEST_BYTES = 28;
  static final int SIMPLE_REPLY_MAGIC = 0x67446698;
  static final int SIMPLE_REPLY_BYTES = 16;

  static final int FLAG_FUA = 1;
  static final int FLAG_NO_HOLE = 1 << 1;

  /// The smallest request served, in bytes ("Block size constraints"): any.
  static final int MINIMUM_BLOCK_BYTES = 1;

  /// What requests are best a multiple of, in bytes: a page, and a block of the change tracking.
  static final int PREFERRED_BLOCK_BYTES = 4096;

  /// The longest payload of a request or reply, in bytes: the default that every client may rely
  /// on.
  static final int PAYLOAD_LIMIT_BYTES = 32 << 20;

  private Wire() {}
}
