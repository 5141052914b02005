package dev.quarry.crypto;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.crypto.AEADBadTagException;

/// AES-256-GCM under the key of one stored object (see [SealingKey]), with a number as nonce.
///
/// **A number must never seal two different contents.** Whoever seals counts up and starts a new
/// object, with a new salt, when it cannot know which numbers were used.
///
/// Safe for use by many threads. Its 32 bytes lie on the heap for as long as the object is open:
/// they open that object only. Use after [#close] throws IllegalStateException.
public final class ObjectKey implements AutoCloseable {
  /// What sealing adds to the length, in bytes.
  public static final int TAG_BYTES = AesGcm.TAG_BYTES;

  private final EphemeralKey key;
  private final AtomicBoolean closed = new AtomicBoolean();

  /// Takes over the array.
  ObjectKey(byte[] key) {
    this.key = EphemeralKey.adopt("AES", key);
  }

  /// Seals `length` bytes of `from` into `to`, which takes `length + TAG_BYTES`.
  ///
  /// @param number the nonce, never used before with this key; 64 bits, any value
  /// @param bound what is authenticated with the contents and not stored, such as their place
  public void seal(
      long number, byte[] bound, byte[] from, int fromOffset, int length, byte[] to, int toOffset) {
    checkOpen();
    AesGcm.seal(key, nonce(number), bound, from, fromOffset, length, to, toOffset);
  }

  /// Opens `length` sealed bytes of `from` into `to`, which takes `length - TAG_BYTES`.
  ///
  /// @throws AEADBadTagException if the bytes, their number or what they are bound to is not what
  ///   was sealed; all these look alike, and `to` holds nothing of use
  public void open(
      long number, byte[] bound, byte[] from, int fromOffset, int length, byte[] to, int toOffset)
      throws AEADBadTagException {
    checkOpen();
    AesGcm.open(key, nonce(number), bound, from, fromOffset, length, to, toOffset);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      key.close();
    }
  }

  @Override
  public String toString() {
    return "ObjectKey[AES-256-GCM, redacted]";
  }

  private void checkOpen() {
    if (closed.get()) {
      throw new IllegalStateException("key is closed");
    }
  }

  private static byte[] nonce(long number) {
    return ByteBuffer.allocate(AesGcm.NONCE_BYTES).putLong(AesGcm.NONCE_BYTES - 8, number).array();
  }
}
