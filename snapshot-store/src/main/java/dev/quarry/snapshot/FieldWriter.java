package dev.quarry.snapshot;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import net.openhft.chronicle.bytes.Bytes;

/// Writes the fields of a format, one after the other, little-endian. See [FieldReader].
///
/// Over a Chronicle `Bytes` on the heap, which grows by itself and has the variable-length integers
/// (its "stop bit" encoding of a number that is not negative is LEB128).
final class FieldWriter {
  private final Bytes<byte[]> bytes = Bytes.allocateElasticOnHeap(512);

  FieldWriter u8(int value) {
    bytes.writeByte((byte) value);
    return this;
  }

  FieldWriter flag(boolean value) {
    return u8(value ? 1 : 0);
  }

  FieldWriter u16(int value) {
    bytes.writeShort((short) value);
    return this;
  }

  FieldWriter u32(long value) {
    bytes.writeInt((int) value);
    return this;
  }

  FieldWriter u64(long value) {
    bytes.writeLong(value);
    return this;
  }

  /// LEB128 of a number that is not negative.
  FieldWriter varint(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("negative number value=" + value);
    }
    bytes.writeStopBit(value);
    return this;
  }

  /// A small number of either sign: 0, -1, 1, -2 … as the varints 0, 1, 2, 3 …
  FieldWriter zigzag(long value) {
    return varint((value << 1) ^ (value >> 63));
  }

  FieldWriter raw(byte[] value) {
    bytes.write(value);
    return this;
  }

  FieldWriter bits(Bits128 value) {
    return raw(value.bytes());
  }

  FieldWriter mac(Mac value) {
    return raw(value.bytes());
  }

  FieldWriter uuid(UUID value) {
    return bits(Bits128.of(value));
  }

  /// UTF-8 behind its length in bytes.
  FieldWriter text(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    return varint(utf8.length).raw(utf8);
  }

  /// The CRC32C of everything written so far.
  FieldWriter checksum() {
    return u32(Checksums.crc32c(toByteArray()));
  }

  byte[] toByteArray() {
    return bytes.toByteArray();
  }
}
