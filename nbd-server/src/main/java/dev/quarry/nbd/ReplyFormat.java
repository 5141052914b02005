package dev.quarry.nbd;

import java.lang.foreign.MemorySegment;

/// Writes replies down in the style of one connection.
///
/// ```
/// simple      4 magic | 4 error | 8 cookie | data of a READ without error
/// structured  4 magic | 2 flags | 2 type | 8 cookie | 4 length | payload
/// extended    4 magic | 2 flags | 2 type | 8 cookie | 8 offset of the request | 8 length | payload
///
/// payloads    data      8 offset | bytes
///             hole      8 offset | 4 length
///             error     4 error | 2 length of text | text
///             error at  4 error | 2 length of text | text | 8 offset
///             status    4 context | n x (4 length | 4 status)
///             status, extended   4 context | 4 n | n x (8 length | 8 status)
/// ```
///
/// Every method writes from a position on and answers how many bytes it wrote. With structured
/// replies, what carries no data and no error is still answered by a simple reply, the shortest.
final class ReplyFormat {
  private static final int OFFSET_BYTES = 8;

  /// The longest extent that fits into 32 bits and ends at a sector.
  private static final long COMPACT_LIMIT_BYTES = 0xffff_fe00L;

  private final ReplyStyle style;

  ReplyFormat(ReplyStyle style) {
    this.style = style;
  }

  /// Whether a reply may say that a range is a hole.
  boolean tellsHoles() {
    return style != ReplyStyle.SIMPLE;
  }

  /// What stands before the data of a READ.
  int dataHeaderBytes() {
    return style == ReplyStyle.SIMPLE ? Wire.SIMPLE_REPLY_BYTES : chunkBytes() + OFFSET_BYTES;
  }

  int holeBytes() {
    return chunkBytes() + OFFSET_BYTES + Integer.BYTES;
  }

  /// The longest reply that carries no data: an error with its text and offset.
  int plainBytes() {
    return Wire.EXTENDED_REPLY_BYTES + 4 + 2 + Refusal.TEXT_LIMIT_BYTES + OFFSET_BYTES;
  }

  /// Answers a request that was carried out and has no data.
  int success(MemorySegment to, long at, Request request) {
    boolean simple =
        switch (style) {
          case SIMPLE -> true;
          case STRUCTURED -> request.command() != Command.READ; // a READ is answered by chunks
          case EXTENDED -> false;
        };
    return simple
        ? simple(to, at, request, WireError.NONE)
        : chunk(to, at, request, true, Wire.CHUNK_NONE, 0);
  }

  /// The header of the data of a whole READ, which lies behind it.
  int data(MemorySegment to, long at, Request request) {
    return style == ReplyStyle.SIMPLE
        ? simple(to, at, request, WireError.NONE)
        : dataChunk(to, at, request, request.offset(), request.length(), true);
  }

  /// The header of a part of the data of a READ, which lies behind it.
  int dataChunk(
      MemorySegment to, long at, Request request, long offset, long length, boolean last) {
    int header = chunk(to, at, request, last, Wire.CHUNK_DATA, OFFSET_BYTES + length);
    to.set(Wire.LONG, at + header, offset);
    return header + OFFSET_BYTES;
  }

  /// Says that a part of a READ is a hole.
  int holeChunk(
      MemorySegment to, long at, Request request, long offset, long length, boolean last) {
    int header = chunk(to, at, request, last, Wire.CHUNK_HOLE, OFFSET_BYTES + (long) Integer.BYTES);
    to.set(Wire.LONG, at + header, offset);
    to.set(Wire.INT, at + header + OFFSET_BYTES, (int) length);
    return header + OFFSET_BYTES + Integer.BYTES;
  }

  /// Answers a request with an error.
  int error(MemorySegment to, long at, Request request, Refusal refusal) {
    return style == ReplyStyle.SIMPLE
        ? simple(to, at, request, refusal.error())
        : errorChunk(to, at, request, refusal, Wire.CHUNK_ERROR, 0);
  }

  /// Answers a request with an error at a place inside its range.
  int errorAt(MemorySegment to, long at, Request request, Refusal refusal, long offset) {
    if (style == ReplyStyle.SIMPLE) {
      return simple(to, at, request, refusal.error());
    }
    int length = errorChunk(to, at, request, refusal, Wire.CHUNK_ERROR_AT, OFFSET_BYTES);
    to.set(Wire.LONG, at + length, offset);
    return length + OFFSET_BYTES;
  }

  /// The most bytes of a status chunk.
  int statusBytes(int extents) {
    return statusHeaderBytes() + extents * statusExtentBytes();
  }

  /// The longest range that an extent of a status chunk can describe.
  long statusLimitBytes() {
    return style == ReplyStyle.EXTENDED ? Long.MAX_VALUE : COMPACT_LIMIT_BYTES;
  }

  /// The header of a status chunk, before its extents.
  int status(MemorySegment to, long at, Request request, int context, int extents, boolean last) {
    boolean extended = style == ReplyStyle.EXTENDED;
    int header =
        chunk(
            to,
            at,
            request,
            last,
            extended ? Wire.CHUNK_STATUS_EXTENDED : Wire.CHUNK_STATUS,
            statusBytes(extents) - chunkBytes());
    to.set(Wire.INT, at + header, context);
    if (extended) {
      to.set(Wire.INT, at + header + 4, extents);
    }
    return statusHeaderBytes();
  }

  /// One extent of a status chunk.
  int statusExtent(MemorySegment to, long at, long length, int status) {
    if (style == ReplyStyle.EXTENDED) {
      to.set(Wire.LONG, at, length);
      to.set(Wire.LONG, at + 8, Integer.toUnsignedLong(status));
    } else {
      to.set(Wire.INT, at, (int) length);
      to.set(Wire.INT, at + 4, status);
    }
    return statusExtentBytes();
  }

  private int statusHeaderBytes() {
    return chunkBytes() + (style == ReplyStyle.EXTENDED ? 8 : 4);
  }

  private int statusExtentBytes() {
    return style == ReplyStyle.EXTENDED ? 16 : 8;
  }

  private int chunkBytes() {
    return style == ReplyStyle.EXTENDED ? Wire.EXTENDED_REPLY_BYTES : Wire.CHUNK_BYTES;
  }

  private int errorChunk(
      MemorySegment to, long at, Request request, Refusal refusal, short type, int more) {
    MemorySegment text = refusal.text();
    int textBytes = (int) text.byteSize();
    int header = chunk(to, at, request, true, type, 6 + textBytes + more);
    to.set(Wire.INT, at + header, refusal.error());
    to.set(Wire.SHORT, at + header + 4, (short) textBytes);
    MemorySegment.copy(text, 0, to, at + header + 6, textBytes);
    return header + 6 + textBytes;
  }

  private int chunk(
      MemorySegment to, long at, Request request, boolean last, short type, long length) {
    boolean extended = style == ReplyStyle.EXTENDED;
    to.set(Wire.INT, at, extended ? Wire.EXTENDED_REPLY_MAGIC : Wire.CHUNK_MAGIC);
    to.set(Wire.SHORT, at + 4, last ? Wire.CHUNK_DONE : 0);
    to.set(Wire.SHORT, at + 6, type);
    to.set(Wire.LONG, at + 8, request.cookie());
    if (extended) {
      to.set(Wire.LONG, at + 16, request.offset());
      to.set(Wire.LONG, at + 24, length);
      return Wire.EXTENDED_REPLY_BYTES;
    }
    to.set(Wire.INT, at + 16, (int) length);
    return Wire.CHUNK_BYTES;
  }

  private static int simple(MemorySegment to, long at, Request request, int error) {
    to.set(Wire.INT, at, Wire.SIMPLE_REPLY_MAGIC);
    to.set(Wire.INT, at + 4, error);
    to.set(Wire.LONG, at + 8, request.cookie());
    return Wire.SIMPLE_REPLY_BYTES;
  }
}
