package dev.quarry.crypto;

import java.util.Arrays;

/// A wrapped key as a key service gave it out: opaque bytes to be stored and handed back. No
/// secret.
public final class CiphertextBlob {
  private final byte[] bytes;

  private CiphertextBlob(byte[] bytes) {
    this.bytes = bytes;
  }

  public static CiphertextBlob of(byte[] bytes) {
    return new CiphertextBlob(bytes.clone());
  }

  /// A copy of the bytes.
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CiphertextBlob blob && Arrays.equals(bytes, blob.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "CiphertextBlob[" + bytes.length + " bytes]";
  }
}
