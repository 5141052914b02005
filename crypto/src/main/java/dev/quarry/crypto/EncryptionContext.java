package dev.quarry.crypto;

import dev.quarry.crypto.KeyServiceException.ValidationException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Public facts that a wrapped key is bound to: it is unwrapped only by who names the same ones.
///
/// Keys and values are case-sensitive; their order does not matter. The limit of 8 KiB in all is
/// that of KMS (developer guide, "Encryption context").
///
/// @param pairs the facts; sorted by the UTF-8 bytes of their keys
public record EncryptionContext(SortedMap<String, String> pairs) {
  /// The key under which EBS names the volume (or the copied snapshot) a data key belongs to.
  public static final String EBS_ID = "aws:ebs:id";

  private static final int MAX_BYTES = 8192;

  public EncryptionContext {
    SortedMap<String, String> sorted =
        new TreeMap<>((a, b) -> Arrays.compareUnsigned(utf8(a), utf8(b)));
    sorted.putAll(pairs);
    pairs = Collections.unmodifiableSortedMap(sorted);
    int bytes = 0;
    for (Map.Entry<String, String> pair : pairs.entrySet()) {
      if (pair.getKey().isEmpty()) {
        throw new ValidationException("empty key in encryption context");
      }
      bytes += utf8(pair.getKey()).length + utf8(pair.getValue()).length;
    }
    if (bytes > MAX_BYTES) {
      throw new ValidationException("encryption context too large bytes=" + bytes);
    }
  }

  /// No facts.
  public static EncryptionContext empty() {
    return of(Map.of());
  }

  public static EncryptionContext of(Map<String, String> pairs) {
    return new EncryptionContext(new TreeMap<>(pairs));
  }

  /// The context of the data key of a volume, or of a snapshot that was copied: its id.
  public static EncryptionContext ofEbs(String id) {
    return of(Map.of(EBS_ID, id));
  }

  /// Whether this context has all facts of another one.
  boolean includes(EncryptionContext other) {
    return pairs.entrySet().containsAll(other.pairs.entrySet());
  }

  /// The one form in which a context is authenticated: the number of pairs, then for each pair in
  /// order key and value, each with its length in bytes; all numbers 32 bits, big-endian. Unlike
  /// bare concatenation it cannot be read in two ways.
  byte[] canonicalBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(intBytes(pairs.size()));
    pairs.forEach((key, value) -> {
      for (byte[] part : new byte[][] {utf8(key), utf8(value)}) {
        out.writeBytes(intBytes(part.length));
        out.writeBytes(part);
      }
    });
    return out.toByteArray();
  }

  private static byte[] intBytes(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }

  /// Refuses what has no UTF-8 form (a lone surrogate), since two of them would look alike.
  private static byte[] utf8(String text) {
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      return Arrays.copyOf(encoded.array(), encoded.limit());
    } catch (CharacterCodingException e) {
      throw new ValidationException("encryption context is not valid text");
    }
  }
}
