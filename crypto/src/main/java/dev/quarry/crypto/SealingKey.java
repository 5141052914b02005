package dev.quarry.crypto;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A handle for one of a [DataKey]'s keys that seal what a snapshot store uploads.
///
/// It seals nothing itself: each object (a pack, a root) draws a random salt, keeps it in its
/// header, and seals under the [ObjectKey] of that salt. Numbers can then serve as nonces, since no
/// two objects share a key.
///
/// Safe for use by many threads. Use after the data key is closed throws IllegalStateException.
public final class SealingKey {
  /// The size of an object's salt in bytes.
  public static final int SALT_BYTES = 16;

  static final int KEY_BYTES = 32;

  private static final byte[] INFO = "quarry object key v1".getBytes(StandardCharsets.US_ASCII);

  private final SecretMemory memory;
  private final int keyOffset;

  SealingKey(SecretMemory memory, int keyOffset) {
    this.memory = memory;
    this.keyOffset = keyOffset;
  }

  /// The key of the object with this salt; close it with the object.
  public ObjectKey objectKey(byte[] salt) {
    if (salt.length != SALT_BYTES) {
      throw new IllegalArgumentException("bad salt length=" + salt.length);
    }
    byte[] key = memory.copy(keyOffset, KEY_BYTES);
    try {
      return new ObjectKey(Hkdf.derive(key, salt, INFO, AesGcm.KEY_BYTES));
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  @Override
  public String toString() {
    return "SealingKey[redacted]";
  }
}
