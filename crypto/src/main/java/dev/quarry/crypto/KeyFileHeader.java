package dev.quarry.crypto;

import dev.quarry.crypto.KeyServiceException.ValidationException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// The head of the key file, which says how the root key is had. All numbers big-endian.
///
/// ```
///  0               8       10     11     12              16              20              24
///  +---------------+-------+------+------+---------------+---------------+---------------+
///  | "QUARRYKF"    | ver 1 | kind | 0    | memory KiB    | iterations    | lanes         |
///  +---------------+-------+------+------+---------------+---------------+---------------+
///  24                              56              64                  76
///  +-------------------------------+---------------+-------------------+---- - - -
///  | salt 32                       | generation 8  | nonce 12          | sealed contents
///  +-------------------------------+---------------+-------------------+---- - - -
/// ```
///
/// Kind 1: the root key is Argon2id of the passphrase with this salt and cost. Kind 2: the root key
/// is 256 bits given as they are; the cost is 0, 0, 0. The contents ([KeyStoreCodec]) are sealed by
/// AES-256-GCM with the key `HKDF-SHA256(root key, salt, "quarry key file v1")`, bound to all 76
/// bytes of the head.
///
/// @param cost of a passphrase; empty if the root key is given as it is
/// @param salt 32 bytes, drawn once
/// @param generation counts the replacements of the file, from 1
/// @param nonce 12 bytes, drawn at each replacement
record KeyFileHeader(Optional<Argon2Cost> cost, byte[] salt, long generation, byte[] nonce) {
  static final int SIZE_BYTES = 76;
  static final int SALT_BYTES = 32;

  private static final long MAGIC = 0x5155415252594B46L; // QUARRYKF
  private static final short VERSION = 1;
  private static final byte KIND_PASSPHRASE = 1;
  private static final byte KIND_KEY = 2;

  byte[] encode() {
    return ByteBuffer.allocate(SIZE_BYTES)
        .putLong(MAGIC)
        .putShort(VERSION)
        .put(cost.isPresent() ? KIND_PASSPHRASE : KIND_KEY)
        .put((byte) 0)
        .putInt(cost.map(Argon2Cost::memoryKib).orElse(0))
        .putInt(cost.map(Argon2Cost::iterations).orElse(0))
        .putInt(cost.map(Argon2Cost::lanes).orElse(0))
        .put(salt)
        .putLong(generation)
        .put(nonce)
        .array();
  }

  /// The header of a file; empty if there is none that this version can read.
  static Optional<KeyFileHeader> decode(byte[] file) {
    if (file.length < SIZE_BYTES) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(file);
    if (in.getLong() != MAGIC || in.getShort() != VERSION) {
      return Optional.empty();
    }
    byte kind = in.get();
    byte reserved = in.get();
    int memoryKib = in.getInt();
    int iterations = in.getInt();
    int lanes = in.getInt();
    byte[] salt = new byte[SALT_BYTES];
    in.get(salt);
    long generation = in.getLong();
    byte[] nonce = new byte[AesGcm.NONCE_BYTES];
    in.get(nonce);
    if (reserved != 0) {
      return Optional.empty();
    }
    return switch (kind) {
      case KIND_PASSPHRASE ->
          cost(memoryKib, iterations, lanes)
              .map(cost -> new KeyFileHeader(Optional.of(cost), salt, generation, nonce));
      case KIND_KEY ->
          memoryKib == 0 && iterations == 0 && lanes == 0
              ? Optional.of(new KeyFileHeader(Optional.empty(), salt, generation, nonce))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Optional<Argon2Cost> cost(int memoryKib, int iterations, int lanes) {
    try {
      return Optional.of(new Argon2Cost(memoryKib, iterations, lanes));
    } catch (ValidationException e) {
      return Optional.empty();
    }
  }
}
