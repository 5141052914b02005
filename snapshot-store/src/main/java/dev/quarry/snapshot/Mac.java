package dev.quarry.snapshot;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/// The 32 bytes that seal a log entry or a snapshot's root: an HMAC-SHA256, or a SHA-256 for a
/// volume that is not encrypted. Compared in a time that does not depend on its contents.
public final class Mac {
  /// How many bytes it has.
  public static final int BYTES = 32;

  /// What the first entry of a log has for the MAC of the one before it.
  public static final Mac NONE = new Mac(new byte[BYTES]);

  private final byte[] bytes;

  private Mac(byte[] bytes) {
    this.bytes = bytes;
  }

  /// A MAC of 32 bytes, which are copied.
  public static Mac of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("bad MAC length=" + bytes.length);
    }
    return new Mac(bytes.clone());
  }

  /// The bytes.
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Mac mac && MessageDigest.isEqual(bytes, mac.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /// 64 hexadecimal digits.
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
