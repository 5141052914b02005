package dev.quarry.crypto;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.AEADBadTagException;

/// The ciphertext blob: what a customer key makes of a data key. All numbers big-endian.
///
/// ```
///  0               4   5   6               22          26        58       70        70+n     86+n
///  +---------------+---+---+---------------+-----------+---------+--------+---------+--------+
///  | magic "QKWB"  | 1 | 1 | key UUID      | material  | salt    | nonce  | n bytes | tag    |
///  | 51 4B 57 42   |ver|alg| 16            | number 4  | 32      | 12     | sealed  | 16     |
///  +---------------+---+---+---------------+-----------+---------+--------+---------+--------+
///  |<------------------------- header -------------------------->|
/// ```
///
/// Algorithm 1: the blob's key is HKDF-SHA256 of the key material, with the blob's random salt and
/// the label below; it seals by AES-256-GCM under the random nonce, bound to the header followed by
/// the encryption context in its canonical form. A key of its own for each blob, so that no number
/// of blobs wears out the material. The header names the material, so that decryption needs no key
/// id and a rotation re-encrypts nothing.
final class BlobCodec {
  private static final int MAGIC = 0x514B5742;
  private static final byte VERSION = 1;
  private static final byte ALGORITHM = 1;
  private static final int SALT_BYTES = 32;
  private static final int HEADER_BYTES = 4 + 1 + 1 + 16 + 4 + SALT_BYTES + AesGcm.NONCE_BYTES;
  private static final int MAX_BYTES = 6144; // KMS API reference, Decrypt
  private static final byte[] LABEL =
      "quarry ciphertext blob v1".getBytes(StandardCharsets.US_ASCII);

  private BlobCodec() {}

  /// A blob whose parts have been told apart and not been trusted yet.
  record Parsed(UUID keyId, int materialNumber, byte[] salt, byte[] nonce, byte[] bytes) {}

  static CiphertextBlob seal(
      UUID keyId,
      KeyMaterial material,
      EncryptionContext context,
      byte[] plain,
      SecureRandom random) {
    byte[] salt = new byte[SALT_BYTES];
    byte[] nonce = new byte[AesGcm.NONCE_BYTES];
    random.nextBytes(salt);
    random.nextBytes(nonce);
    byte[] header =
        ByteBuffer.allocate(HEADER_BYTES)
            .putInt(MAGIC)
            .put(VERSION)
            .put(ALGORITHM)
            .putLong(keyId.getMostSignificantBits())
            .putLong(keyId.getLeastSignificantBits())
            .putInt(material.number())
            .put(salt)
            .put(nonce)
            .array();
    byte[] key = blobKey(material, salt);
    try {
      byte[] sealed = AesGcm.seal(key, nonce, bound(header, context), plain);
      return CiphertextBlob.of(concat(header, sealed));
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /// Tells the parts apart; empty if this is no blob of ours.
  static Optional<Parsed> parse(CiphertextBlob blob) {
    byte[] bytes = blob.bytes();
    if (bytes.length < HEADER_BYTES + AesGcm.TAG_BYTES || bytes.length > MAX_BYTES) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (in.getInt() != MAGIC || in.get() != VERSION || in.get() != ALGORITHM) {
      return Optional.empty();
    }
    UUID keyId = new UUID(in.getLong(), in.getLong());
    int materialNumber = in.getInt();
    byte[] salt = new byte[SALT_BYTES];
    byte[] nonce = new byte[AesGcm.NONCE_BYTES];
    in.get(salt).get(nonce);
    return Optional.of(new Parsed(keyId, materialNumber, salt, nonce, bytes));
  }

  /// The plaintext, which the caller wipes.
  static byte[] open(Parsed blob, KeyMaterial material, EncryptionContext context)
      throws AEADBadTagException {
    byte[] header = Arrays.copyOf(blob.bytes(), HEADER_BYTES);
    byte[] sealed = Arrays.copyOfRange(blob.bytes(), HEADER_BYTES, blob.bytes().length);
    byte[] key = blobKey(material, blob.salt());
    try {
      return AesGcm.open(key, blob.nonce(), bound(header, context), sealed);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private static byte[] blobKey(KeyMaterial material, byte[] salt) {
    byte[] secret = material.secret().copy(0, KeyMaterial.SECRET_BYTES);
    try {
      return Hkdf.derive(secret, salt, LABEL, AesGcm.KEY_BYTES);
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  private static byte[] bound(byte[] header, EncryptionContext context) {
    return concat(header, context.canonicalBytes());
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
