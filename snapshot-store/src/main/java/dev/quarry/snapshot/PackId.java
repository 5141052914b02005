package dev.quarry.snapshot;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.UUID;

/// Which pack. Names are given once and never again: each attempt to make a snapshot draws 64
/// random bits, and counts its packs from 0.
///
/// @param volume whose log gave out the sequence number
/// @param seq the snapshot that wrote it
/// @param attempt the random bits of the attempt
/// @param kind what it is for
/// @param number counts the packs of that kind in the attempt
public record PackId(UUID volume, long seq, long attempt, PackKind kind, int number) {
  public PackId {
    if (seq < 1 || number < 0) {
      throw new IllegalArgumentException("bad pack seq=" + seq + " number=" + number);
    }
  }

  /// The salt of its key. Derived from the name, so that whoever knows which pack a frame is in can
  /// open the frame without reading the pack's header first.
  byte[] salt() {
    byte[] name =
        new FieldWriter()
            .uuid(volume)
            .u64(seq)
            .u64(attempt)
            .u8(kind.code())
            .u32(number)
            .toByteArray();
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(name);
      return Arrays.copyOf(digest, Seals.SALT_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /// Where it lies in the store.
  String objectName() {
    return ObjectNames.pack(this);
  }

  @Override
  public String toString() {
    return objectName();
  }
}
