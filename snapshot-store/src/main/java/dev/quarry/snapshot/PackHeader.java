package dev.quarry.snapshot;

import java.nio.charset.StandardCharsets;

/// The first 80 bytes of a pack.
///
/// ```
///  0  "QPAK"   4  u16 version 1   6  u8 kind   7  u8 seal scheme
///  8  key id (16)   24  volume (16)   40  u64 seq   48  u64 attempt   56  u32 number
/// 60  salt of the directory (16)   76  u32 CRC32C of bytes 0 to 75
/// ```
///
/// Frames are sealed under the salt that follows from the pack's name. The directory has a salt of
/// its own, because a copy of the pack without its dead frames has another directory.
record PackHeader(PackId id, int scheme, Bits128 keyId, Bits128 directorySalt) {
  static final int BYTES = 80;
  static final int VERSION = 1;
  private static final byte[] MAGIC = "QPAK".getBytes(StandardCharsets.US_ASCII);

  byte[] encode() {
    return new FieldWriter()
        .raw(MAGIC)
        .u16(VERSION)
        .u8(id.kind().code())
        .u8(scheme)
        .bits(keyId)
        .uuid(id.volume())
        .u64(id.seq())
        .u64(id.attempt())
        .u32(id.number())
        .bits(directorySalt)
        .checksum()
        .toByteArray();
  }

  static PackHeader decode(String object, byte[] bytes) {
    FieldReader in = new FieldReader(object, bytes);
    in.expect(MAGIC, "not a pack");
    in.check(in.u16() == VERSION, "pack of an unknown version");
    PackKind kind = PackKind.of(in.u8(), in);
    int scheme = in.u8();
    Bits128 keyId = in.bits();
    var volume = in.uuid();
    long seq = in.long63();
    long attempt = in.u64();
    int number = in.int32();
    Bits128 salt = in.bits();
    in.check(in.u32() == Checksums.crc32c(bytes, 0, BYTES - 4), "pack header is damaged");
    in.check(seq > 0, "pack of no snapshot");
    return new PackHeader(new PackId(volume, seq, attempt, kind, number), scheme, keyId, salt);
  }
}
