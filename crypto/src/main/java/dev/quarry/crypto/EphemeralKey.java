package dev.quarry.crypto;

import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.Serial;
import java.util.Arrays;
import javax.crypto.SecretKey;

/// Key bytes on the heap for as long as a JDK cipher needs to read them. Unlike the JDK's
/// SecretKeySpec it can be wiped.
final class EphemeralKey implements SecretKey, AutoCloseable {
  @Serial private static final long serialVersionUID = 1;

  private final String algorithm;
  private final transient byte[] bytes;

  private EphemeralKey(String algorithm, byte[] bytes) {
    this.algorithm = algorithm;
    this.bytes = bytes;
  }

  /// Takes over an array: closing the key wipes it.
  static EphemeralKey adopt(String algorithm, byte[] bytes) {
    return new EphemeralKey(algorithm, bytes);
  }

  /// A key of zeros, to overwrite what a cipher keeps of its last one.
  static EphemeralKey zeros(String algorithm, int sizeBytes) {
    return new EphemeralKey(algorithm, new byte[sizeBytes]);
  }

  @Override
  public String getAlgorithm() {
    return algorithm;
  }

  @Override
  public String getFormat() {
    return "RAW";
  }

  /// A copy, as the JDK's ciphers expect: they wipe it themselves.
  @Override
  public byte[] getEncoded() {
    return bytes.clone();
  }

  @Override
  public void close() {
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public String toString() {
    return "EphemeralKey[" + algorithm + ", redacted]";
  }

  @Serial
  private void writeObject(ObjectOutputStream out) throws NotSerializableException {
    throw new NotSerializableException("key");
  }
}
