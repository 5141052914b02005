package dev.quarry.crypto;

import java.security.MessageDigest;
import java.util.Arrays;

/// A handle for HMAC-SHA256 under one key of a [DataKey]: the chain of the lineage log, or chunk
/// digests that tell nothing to those without the key.
///
/// Safe for use by many threads. Use after the data key is closed throws IllegalStateException.
public final class MacKey {
  /// The size of a MAC in bytes.
  public static final int MAC_BYTES = Hmac.SIZE_BYTES;

  static final int KEY_BYTES = 32;

  private final SecretMemory memory;
  private final int keyOffset;

  MacKey(SecretMemory memory, int keyOffset) {
    this.memory = memory;
    this.keyOffset = keyOffset;
  }

  /// The MAC of the parts, one after the other. Fix the parts' lengths or write them into the
  /// parts: the MAC does not tell where one ends.
  public byte[] mac(byte[]... parts) {
    try (Hmac hmac = hmac()) {
      for (byte[] part : parts) {
        hmac.update(part);
      }
      return hmac.finish();
    }
  }

  /// The MAC of a part of an array.
  public byte[] mac(byte[] bytes, int offset, int length) {
    try (Hmac hmac = hmac()) {
      return hmac.update(bytes, offset, length).finish();
    }
  }

  /// Compares two MACs in a time that does not depend on their contents.
  public static boolean equal(byte[] expected, byte[] actual) {
    return MessageDigest.isEqual(expected, actual);
  }

  @Override
  public String toString() {
    return "MacKey[HMAC-SHA256, redacted]";
  }

  private Hmac hmac() {
    byte[] key = memory.copy(keyOffset, KEY_BYTES);
    try {
      return Hmac.under(key);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }
}
