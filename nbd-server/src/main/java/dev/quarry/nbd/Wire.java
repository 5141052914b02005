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
  static final int OPT_STARTTLS = 5;
  static final int OPT_INFO = 6;
  static final int OPT_GO = 7;
  static final int OPT_STRUCTURED_REPLY = 8;
  static final int OPT_LIST_META_CONTEXT = 9;
  static final int OPT_SET_META_CONTEXT = 10;
  static final int OPT_EXTENDED_HEADERS = 11;

  static final int REP_ACK = 1;
  static final int REP_SERVER = 2;
  static final int REP_INFO = 3;
  static final int REP_META_CONTEXT = 4;
  static final int REP_ERR_UNSUP = 0x8000_0001;
  static final int REP_ERR_POLICY = 0x8000_0002;
  static final int REP_ERR_INVALID = 0x8000_0003;
  static final int REP_ERR_TLS_REQD = 0x8000_0005;
  static final int REP_ERR_UNKNOWN = 0x8000_0006;
  static final int REP_ERR_SHUTDOWN = 0x8000_0007;
  static final int REP_ERR_TOO_BIG = 0x8000_0009;
  static final int REP_ERR_EXT_HEADER_REQD = 0x8000_000a;

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
  static final int SEND_DF = 1 << 7;
  static final int CAN_MULTI_CONN = 1 << 8;
  static final int SEND_CACHE = 1 << 10;
  static final int SEND_FAST_ZERO = 1 << 11;
  static final int BLOCK_STATUS_PAYLOAD = 1 << 12;

  // Transmission ("Request message", "Simple reply message").
  static final int REQUEST_MAGIC = 0x25609513;
  static final int REQUEST_BYTES = 28;
  static final int SIMPLE_REPLY_MAGIC = 0x67446698;
  static final int SIMPLE_REPLY_BYTES = 16;

  // "Structured reply message", "Extended headers".
  static final int CHUNK_MAGIC = 0x668e33ef;
  static final int CHUNK_BYTES = 20;
  static final int EXTENDED_REQUEST_MAGIC = 0x21e41c71;
  static final int EXTENDED_REQUEST_BYTES = 32;
  static final int EXTENDED_REPLY_MAGIC = 0x6e8a278c;
  static final int EXTENDED_REPLY_BYTES = 32;

  static final short CHUNK_DONE = 1;
  static final short CHUNK_NONE = 0;
  static final short CHUNK_DATA = 1;
  static final short CHUNK_HOLE = 2;
  static final short CHUNK_STATUS = 5;
  static final short CHUNK_STATUS_EXTENDED = 6;
  static final short CHUNK_ERROR = (short) 0x8001;
  static final short CHUNK_ERROR_AT = (short) 0x8002;

  static final int FLAG_FUA = 1;
  static final int FLAG_NO_HOLE = 1 << 1;
  static final int FLAG_DF = 1 << 2;
  static final int FLAG_REQ_ONE = 1 << 3;
  static final int FLAG_FAST_ZERO = 1 << 4;
  static final int FLAG_PAYLOAD = 1 << 5;

  // Status of `base:allocation`.
  static final int STATE_HOLE = 1;
  static final int STATE_ZERO = 2;

  /// The smallest request served, in bytes ("Block size constraints"): any.
  static final int MINIMUM_BLOCK_BYTES = 1;

  /// What requests are best a multiple of, in bytes: a page, and a block of the change tracking.
  static final int PREFERRED_BLOCK_BYTES = 4096;

  /// The longest payload of a request or reply, in bytes: the default that every client may rely
  /// on.
  static final int PAYLOAD_LIMIT_BYTES = 32 << 20;

  private Wire() {}
}
