package dev.quarry.interop;

import java.nio.ByteBuffer;

/// A request as it goes over the wire (NBD project, doc/proto.md, "Request types").
///
/// @param flags the command's flags: any 16 bits
/// @param type the command's number: any
/// @param length in bytes, 32 bits without sign
/// @param data what follows the header; nobody changes it while the request is in use
record NbdRequest(int flags, short type, long offset, int length, byte[] data) {
  static final int FUA = 1;
  static final int NO_HOLE = 1 << 1;

  static final short READ = 0;
  static final short WRITE = 1;
  static final short DISCONNECT = 2;
  static final short FLUSH = 3;
  static final short TRIM = 4;
  static final short CACHE = 5;
  static final short WRITE_ZEROES = 6;

  private static final byte[] NOTHING = new byte[0];

  static NbdRequest read(long offset, int length) {
    return of(READ, offset, length);
  }

  static NbdRequest write(long offset, byte[] data) {
    return new NbdRequest(0, WRITE, offset, data.length, data);
  }

  static NbdRequest flush() {
    return of(FLUSH, 0, 0);
  }

  static NbdRequest trim(long offset, int length) {
    return of(TRIM, offset, length);
  }

  static NbdRequest zero(long offset, int length) {
    return of(WRITE_ZEROES, offset, length);
  }

  static NbdRequest disconnect() {
    return of(DISCONNECT, 0, 0);
  }

  /// A request without payload.
  static NbdRequest of(short type, long offset, int length) {
    return new NbdRequest(0, type, offset, length, NOTHING);
  }

  NbdRequest with(int moreFlags) {
    return new NbdRequest(flags | moreFlags, type, offset, length, data);
  }

  boolean isForced() {
    return (flags & FUA) != 0;
  }

  ByteBuffer payload() {
    return ByteBuffer.wrap(data);
  }

  /// How many bytes come back with success.
  int replyBytes() {
    return type == READ ? length : 0;
  }

  @Override
  public String toString() {
    return "request type=%d flags=%x offset=%d length=%s"
        .formatted(type, flags, offset, Integer.toUnsignedString(length));
  }
}
