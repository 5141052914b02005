package dev.quarry.snapshot;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// Sixteen bytes that name something: a key, a page's contents, a writer, an attempt to append.
///
/// @param high the first eight bytes, the first of them highest
/// @param low the other eight
public record Bits128(long high, long low) {
  /// How many bytes it has.
  public static final int BYTES = 16;

  /// All bits zero.
  public static final Bits128 ZERO = new Bits128(0, 0);

  /// The first sixteen bytes of an array.
  public static Bits128 of(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new Bits128(buffer.getLong(), buffer.getLong());
  }

  /// The bytes of a UUID.
  static Bits128 of(UUID uuid) {
    return new Bits128(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
  }

  /// Bits that are as hard to guess as their source.
  static Bits128 random(RandomGenerator source) {
    return new Bits128(source.nextLong(), source.nextLong());
  }

  /// The bytes.
  public byte[] bytes() {
    return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
  }

  /// 32 hexadecimal digits.
  @Override
  public String toString() {
    return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
  }
}
