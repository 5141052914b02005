package dev.quarry.crypto;

import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// Argon2id version 1.3 (RFC 9106), by Bouncy Castle.
final class Argon2id {
  private Argon2id() {}

  /// Derives `length` bytes; the caller wipes its arrays.
  ///
  /// @param secret an optional key, empty for none
  /// @param associated what the result is bound to, may be empty
  static byte[] derive(
      byte[] password, byte[] salt, byte[] secret, byte[] associated, Argon2Cost cost, int length) {
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(cost.memoryKib())
            .withIterations(cost.iterations())
            .withParallelism(cost.lanes())
            .withSalt(salt)
            .withSecret(secret)
            .withAdditional(associated)
            .build());
    byte[] derived = new byte[length];
    generator.generateBytes(password, derived);
    return derived;
  }
}
