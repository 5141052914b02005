package dev.quarry.snapshot;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Entries of the lineage log as bytes.
///
/// ```
///   0  "QLOG"   4  u16 version 1   6  u8 type   7  u8 seal scheme   8  key id (16)
///  24  volume (16)   40  u64 number   48  u64 writer epoch   56  u64 time
///  64  writer (16)   80  nonce (16)   96  MAC of the entry before (32)   128  u32 length of the body
/// 132  body   …  MAC (32) of everything before
/// ```
final class LogCodec {
  static final int VERSION = 1;

  /// The most an entry has, in bytes.
  static final int MAX_BYTES = 256 * 1024;

  private static final byte[] MAGIC = "QLOG".getBytes(StandardCharsets.US_ASCII);

  private LogCodec() {}

  static byte[] encode(Seals seals, LogEntry entry) {
    FieldWriter bodyOut = new FieldWriter();
    int type = LogBodyCodec.write(bodyOut, entry.body());
    byte[] body = bodyOut.toByteArray();
    FieldWriter out =
        new FieldWriter()
            .raw(MAGIC)
            .u16(VERSION)
            .u8(type)
            .u8(seals.scheme())
            .bits(seals.keyId())
            .uuid(entry.volume())
            .u64(entry.number())
            .u64(entry.writerEpoch())
            .u64(entry.timeMillis())
            .bits(entry.writer())
            .bits(entry.nonce())
            .mac(entry.previous())
            .u32(body.length)
            .raw(body);
    byte[] covered = out.toByteArray();
    byte[] bytes = out.mac(seals.mac(covered, covered.length)).toByteArray();
    if (bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException("log entry is too long bytes=" + bytes.length);
    }
    return bytes;
  }

  /// Reads an entry and verifies its MAC; how it fits in the chain is not looked at.
  static LogEntry decode(Seals seals, String object, byte[] bytes) {
    FieldReader in = new FieldReader(object, bytes);
    in.check(bytes.length <= MAX_BYTES, "log entry is too long");
    in.expect(MAGIC, "not a log entry");
    in.check(in.u16() == VERSION, "log entry of an unknown version");
    int type = in.u8();
    in.check(in.u8() == seals.scheme(), "log entry is sealed in another way");
    in.check(in.bits().equals(seals.keyId()), "log entry is sealed under another key");
    var volume = in.uuid();
    long number = in.long63();
    long writerEpoch = in.long63();
    long timeMillis = in.long63();
    Bits128 writer = in.bits();
    Bits128 nonce = in.bits();
    Mac previous = in.mac();
    int bodyLength = in.int32();
    in.check(in.remaining() == bodyLength + (long) Mac.BYTES, "log entry has another length");
    byte[] body = in.raw(bodyLength);
    in.check(in.mac().equals(covering(seals, bytes)), "log entry is not what was sealed");
    return new LogEntry(
        volume,
        number,
        writerEpoch,
        timeMillis,
        writer,
        nonce,
        previous,
        LogBodyCodec.read(type, new FieldReader(object, body)));
  }

  /// The MAC at the end of an entry.
  static Mac macOf(byte[] bytes) {
    return Mac.of(Arrays.copyOfRange(bytes, bytes.length - Mac.BYTES, bytes.length));
  }

  private static Mac covering(Seals seals, byte[] bytes) {
    return seals.mac(bytes, bytes.length - Mac.BYTES);
  }
}
