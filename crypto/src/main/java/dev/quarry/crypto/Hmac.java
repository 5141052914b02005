package dev.quarry.crypto;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import javax.crypto.Mac;

/// HMAC-SHA256 under one key, for one thread. Closing it overwrites what the JDK's Mac keeps of the
/// key (its two padded copies).
final class Hmac implements AutoCloseable {
  static final int SIZE_BYTES = 32;
  private static final String ALGORITHM = "HmacSHA256";

  private final Mac mac;

  private Hmac(EphemeralKey key) {
    try {
      this.mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has HmacSHA256", e);
    }
  }

  /// An HMAC under a key that is copied; the caller wipes its array.
  static Hmac under(byte[] key) {
    // An empty key is legal HMAC and means zeros, but the JDK's interface refuses it.
    try (EphemeralKey copy =
        EphemeralKey.adopt(ALGORITHM, key.length == 0 ? new byte[SIZE_BYTES] : key.clone())) {
      return new Hmac(copy);
    }
  }

  Hmac update(byte[] bytes) {
    mac.update(bytes);
    return this;
  }

  Hmac update(byte[] bytes, int offset, int length) {
    mac.update(bytes, offset, length);
    return this;
  }

  Hmac update(byte one) {
    mac.update(one);
    return this;
  }

  byte[] finish() {
    return mac.doFinal();
  }

  @Override
  public void close() {
    try {
      mac.init(EphemeralKey.zeros(ALGORITHM, SIZE_BYTES));
    } catch (InvalidKeyException e) {
      throw new AssertionError(e);
    }
  }
}
