package dev.quarry.snapshot;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import net.openhft.chronicle.bytes.Bytes;

/// Reads what [FieldWriter] wrote. Nothing is trusted: whatever is cut short, too long, or written
/// in another than the one canonical way is refused, with the object named.
final class FieldReader {
  private static final int MAX_VARINT_BYTES = 9; // 63 bits

  private final String object;
  private final Bytes<byte[]> bytes;

  FieldReader(String object, byte[] from) {
    this.object = object;
    this.bytes = Bytes.wrapForRead(from);
  }

  int u8() {
    need(1);
    return bytes.readUnsignedByte();
  }

  /// One byte, 0 or 1.
  boolean flag() {
    int value = u8();
    check(value <= 1, "neither yes nor no");
    return value == 1;
  }

  int u16() {
    need(2);
    return bytes.readUnsignedShort();
  }

  long u32() {
    need(4);
    return bytes.readUnsignedInt();
  }

  /// A u32 that has to fit in an int.
  int int32() {
    long value = u32();
    check(value <= Integer.MAX_VALUE, "number too large");
    return (int) value;
  }

  long u64() {
    need(8);
    return bytes.readLong();
  }

  /// A u64 that must not be negative.
  long long63() {
    long value = u64();
    check(value >= 0, "number too large");
    return value;
  }

  long varint() {
    long value = 0;
    for (int i = 0; i < MAX_VARINT_BYTES; i++) {
      long next = u8();
      value |= (next & 0x7f) << (7 * i);
      if (next < 0x80) {
        check(next != 0 || i == 0, "number written too long");
        return value;
      }
    }
    throw corrupt("number too large");
  }

  /// A varint of at most `max`.
  int varint(int max) {
    long value = varint();
    check(value <= max, "number too large");
    return (int) value;
  }

  long zigzag() {
    long value = varint();
    return (value >>> 1) ^ -(value & 1);
  }

  byte[] raw(int length) {
    need(length);
    byte[] value = new byte[length];
    bytes.read(value);
    return value;
  }

  Bits128 bits() {
    return Bits128.of(raw(Bits128.BYTES));
  }

  Mac mac() {
    return Mac.of(raw(Mac.BYTES));
  }

  UUID uuid() {
    Bits128 value = bits();
    return new UUID(value.high(), value.low());
  }

  String text() {
    byte[] utf8 = raw(varint(remaining()));
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new SnapshotException.Corrupt(object, "text is not UTF-8", e);
    }
  }

  /// Reads bytes that were read as a part of this.
  FieldReader inside(byte[] part) {
    return new FieldReader(object, part);
  }

  /// How many of something follow, each of at least `leastBytes`.
  int count(int leastBytes) {
    return varint(remaining() / leastBytes);
  }

  void expect(byte[] magic, String what) {
    check(Arrays.equals(raw(magic.length), magic), what);
  }

  int remaining() {
    return Math.toIntExact(bytes.readRemaining());
  }

  void end() {
    check(remaining() == 0, "bytes left over");
  }

  void check(boolean right, String why) {
    if (!right) {
      throw corrupt(why);
    }
  }

  SnapshotException.Corrupt corrupt(String why) {
    return new SnapshotException.Corrupt(object, why);
  }

  private void need(int length) {
    if (length < 0 || bytes.readRemaining() < length) {
      throw corrupt("cut short");
    }
  }
}
