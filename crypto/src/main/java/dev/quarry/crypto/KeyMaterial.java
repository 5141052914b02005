package dev.quarry.crypto;

import java.time.Instant;

/// One version of a customer key's secret. Material is never changed; rotation adds one.
///
/// @param number from 1, named in each ciphertext
/// @param createdAt when it was drawn
/// @param onDemand whether a caller asked for this rotation
/// @param secret 256 bits
record KeyMaterial(int number, Instant createdAt, boolean onDemand, SecretMemory secret) {
  static final int SECRET_BYTES = 32;

  /// Takes over the secret's bytes and wipes the array.
  static KeyMaterial adopt(int number, Instant createdAt, boolean onDemand, byte[] secret) {
    return new KeyMaterial(number, createdAt, onDemand, SecretMemory.adopt(secret));
  }
}
