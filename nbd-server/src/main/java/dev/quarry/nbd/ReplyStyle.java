package dev.quarry.nbd;

/// What requests and replies look like on a connection, as negotiated.
enum ReplyStyle {
  /// A reply is a header and, if it answers a READ, the data.
  SIMPLE,
  /// A reply may come in chunks of several types.
  STRUCTURED,
  /// So do all replies, and lengths have 64 bits.
  EXTENDED
}
