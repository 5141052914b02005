package dev.quarry.crypto;

import java.util.Arrays;

/// HKDF with SHA-256 (RFC 5869).
///
/// The JDK has one too (javax.crypto.KDF), which leaves copies of the input key on the heap that
/// nobody can wipe; this one wipes what it makes.
final class Hkdf {
  private static final int MAX_BYTES = 255 * Hmac.SIZE_BYTES; // RFC 5869, 2.3

  private Hkdf() {}

  /// Derives `length` bytes from a key; the caller wipes its own arrays.
  static byte[] derive(byte[] key, byte[] salt, byte[] info, int length) {
    byte[] extracted = extract(key, salt);
    try {
      return expand(extracted, info, length);
    } finally {
      Arrays.fill(extracted, (byte) 0);
    }
  }

  static byte[] extract(byte[] key, byte[] salt) {
    try (Hmac hmac = Hmac.under(salt)) {
      return hmac.update(key).finish();
    }
  }

  static byte[] expand(byte[] extracted, byte[] info, int length) {
    if (length < 0 || length > MAX_BYTES) {
      throw new IllegalArgumentException("cannot derive that much bytes=" + length);
    }
    byte[] derived = new byte[length];
    byte[] block = {};
    try (Hmac hmac = Hmac.under(extracted)) {
      for (int done = 0, counter = 1; done < length; counter++) {
        byte[] next = hmac.update(block).update(info).update((byte) counter).finish();
        Arrays.fill(block, (byte) 0);
        block = next;
        int step = Math.min(block.length, length - done);
        System.arraycopy(block, 0, derived, done, step);
        done += step;
      }
    }
    Arrays.fill(block, (byte) 0);
    return derived;
  }
}
