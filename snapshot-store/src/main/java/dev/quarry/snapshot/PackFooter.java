package dev.quarry.snapshot;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The last 40 bytes of a pack. With them a pack is verified without a key.
///
/// ```
///  0  u64 offset of the directory   8  u32 its length   12  u32 how many frames
/// 16  u64 length of the pack, this included   24  u32 CRC32C of all bytes before this
/// 28  u32 0   32  "KAPQ"   36  u32 CRC32C of bytes 0 to 35
/// ```
record PackFooter(
    int directoryOffset, int directoryLength, int frameCount, int packLength, long crc) {
  static final int BYTES = 40;
  private static final byte[] MAGIC = "KAPQ".getBytes(StandardCharsets.US_ASCII);

  byte[] encode() {
    return new FieldWriter()
        .u64(directoryOffset)
        .u32(directoryLength)
        .u32(frameCount)
        .u64(packLength)
        .u32(crc)
        .u32(0)
        .raw(MAGIC)
        .checksum()
        .toByteArray();
  }

  /// Reads the footer at the end of a whole pack and verifies all bytes before it.
  static PackFooter ofPack(String object, byte[] pack) {
    if (pack.length < PackHeader.BYTES + BYTES) {
      throw new SnapshotException.Corrupt(object, "pack is cut short");
    }
    int at = pack.length - BYTES;
    PackFooter footer = decode(object, Arrays.copyOfRange(pack, at, pack.length), pack.length);
    if (footer.crc != Checksums.crc32c(pack, 0, at)) {
      throw new SnapshotException.Corrupt(object, "pack is damaged");
    }
    return footer;
  }

  /// Reads a footer that was read by itself.
  ///
  /// @param packLength the length of the pack that it ends
  static PackFooter decode(String object, byte[] bytes, int packLength) {
    FieldReader in = new FieldReader(object, bytes);
    long offset = in.long63();
    int length = in.int32();
    int frameCount = in.int32();
    in.check(in.u64() == packLength, "pack has another length than its footer says");
    long crc = in.u32();
    in.check(in.u32() == 0, "pack footer is damaged");
    in.expect(MAGIC, "pack has no footer");
    in.check(in.u32() == Checksums.crc32c(bytes, 0, BYTES - 4), "pack footer is damaged");
    in.check(
        offset >= PackHeader.BYTES && offset + length == (long) packLength - BYTES,
        "pack directory lies elsewhere");
    return new PackFooter((int) offset, length, frameCount, packLength, crc);
  }
}
