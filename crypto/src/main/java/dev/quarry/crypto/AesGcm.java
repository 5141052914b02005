package dev.quarry.crypto;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/// AES-256-GCM with 96-bit nonces and 128-bit tags, the tag behind the ciphertext (NIST SP
/// 800-38D). Whoever calls answers for the nonces.
final class AesGcm {
  static final int KEY_BYTES = 32;
  static final int NONCE_BYTES = 12;
  static final int TAG_BYTES = 16;

  private AesGcm() {}

  /// Seals a whole array under a key that the caller wipes.
  static byte[] seal(byte[] key, byte[] nonce, byte[] bound, byte[] plain) {
    byte[] sealed = new byte[plain.length + TAG_BYTES];
    try (EphemeralKey copy = EphemeralKey.adopt("AES", key.clone())) {
      seal(copy, nonce, bound, plain, 0, plain.length, sealed, 0);
    }
    return sealed;
  }

  /// Opens a whole array under a key that the caller wipes.
  static byte[] open(byte[] key, byte[] nonce, byte[] bound, byte[] sealed)
      throws AEADBadTagException {
    if (sealed.length < TAG_BYTES) {
      throw new AEADBadTagException();
    }
    byte[] plain = new byte[sealed.length - TAG_BYTES];
    try (EphemeralKey copy = EphemeralKey.adopt("AES", key.clone())) {
      open(copy, nonce, bound, sealed, 0, sealed.length, plain, 0);
    }
    return plain;
  }

  static void seal(
      EphemeralKey key,
      byte[] nonce,
      byte[] bound,
      byte[] from,
      int fromOffset,
      int length,
      byte[] to,
      int toOffset) {
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key, nonce, bound);
      cipher.doFinal(from, fromOffset, length, to, toOffset);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("cannot seal", e);
    }
  }

  static void open(
      EphemeralKey key,
      byte[] nonce,
      byte[] bound,
      byte[] from,
      int fromOffset,
      int length,
      byte[] to,
      int toOffset)
      throws AEADBadTagException {
    try {
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, nonce, bound);
      cipher.doFinal(from, fromOffset, length, to, toOffset);
    } catch (AEADBadTagException e) {
      Arrays.fill(to, toOffset, toOffset + Math.max(0, length - TAG_BYTES), (byte) 0);
      throw new AEADBadTagException(); // one look for all failures
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("cannot open", e);
    }
  }

  private static Cipher cipher(int mode, EphemeralKey key, byte[] nonce, byte[] bound)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * 8, nonce));
    cipher.updateAAD(bound);
    return cipher;
  }
}
