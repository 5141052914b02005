package dev.quarry.crypto;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/// A growing array of big-endian values that holds secrets: each array it outgrows is wiped.
final class WipedOutput implements AutoCloseable {
  private byte[] bytes = new byte[4096];
  private int size;

  void putByte(int value) {
    room(1);
    bytes[size++] = (byte) value;
  }

  void putInt(int value) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      putByte(value >>> shift);
    }
  }

  void putLong(long value) {
    putInt((int) (value >>> 32));
    putInt((int) value);
  }

  void putBytes(byte[] value) {
    room(value.length);
    System.arraycopy(value, 0, bytes, size, value.length);
    size += value.length;
  }

  /// The length in bytes as 32 bits, then UTF-8.
  void putText(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    putInt(utf8.length);
    putBytes(utf8);
  }

  void putUuid(UUID value) {
    putLong(value.getMostSignificantBits());
    putLong(value.getLeastSignificantBits());
  }

  /// A copy, which the caller wipes.
  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  @Override
  public void close() {
    Arrays.fill(bytes, (byte) 0);
  }

  private void room(int more) {
    if (more > bytes.length - size) {
      byte[] larger = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), bytes.length * 2));
      Arrays.fill(bytes, (byte) 0);
      bytes = larger;
    }
  }
}
