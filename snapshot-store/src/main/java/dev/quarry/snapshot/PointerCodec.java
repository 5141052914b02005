package dev.quarry.snapshot;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/// The object under a snapshot's name that tells which volume's log to look in. A hint: the log
/// decides.
///
/// ```
/// 0  "QSID"   4  u16 version 1   6  u16 0   8  volume (16)   24  u32 CRC32C of bytes 0 to 23
/// ```
final class PointerCodec {
  static final int VERSION = 1;
  static final int BYTES = 28;
  private static final byte[] MAGIC = "QSID".getBytes(StandardCharsets.US_ASCII);

  private PointerCodec() {}

  static byte[] encode(UUID volume) {
    return new FieldWriter().raw(MAGIC).u16(VERSION).u16(0).uuid(volume).checksum().toByteArray();
  }

  static UUID decode(String object, byte[] bytes) {
    FieldReader in = new FieldReader(object, bytes);
    in.expect(MAGIC, "not a pointer to a volume");
    in.check(in.u16() == VERSION && in.u16() == 0, "pointer of an unknown version");
    UUID volume = in.uuid();
    in.check(in.u32() == Checksums.crc32c(bytes, 0, BYTES - 4), "pointer is damaged");
    in.end();
    return volume;
  }
}
