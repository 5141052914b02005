package dev.quarry.objects;

import io.minio.Http;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.OptionalInt;
import okhttp3.Headers;

/// The headers of a put, and what is read back of them.
///
/// The CRC32C of the bytes is sent twice: as S3's checksum header, which the server verifies if it
/// knows it (base64 of four bytes, high byte first), and as metadata of the object (eight
/// hexadecimal digits), which every server keeps. The signature covers the SHA-256 of the bytes, so
/// that a server that knows no checksums notices damage on the way too.
///
/// Source: Amazon S3 API Reference, "PutObject" and "Signature Calculations for the Authorization
/// Header".
final class S3Headers {
  private static final String CRC32C_METADATA = "x-amz-meta-crc32c";

  private S3Headers() {}

  static Http.Headers ofPut(byte[] bytes) {
    int crc32c = Crc32c.of(MemorySegment.ofArray(bytes));
    byte[] bigEndian = ByteBuffer.allocate(Integer.BYTES).putInt(crc32c).array();
    return new Http.Headers(
        "If-None-Match",
        "*",
        "x-amz-sdk-checksum-algorithm",
        "CRC32C",
        "x-amz-checksum-crc32c",
        Base64.getEncoder().encodeToString(bigEndian),
        "x-amz-content-sha256",
        sha256(bytes),
        CRC32C_METADATA,
        "%08x".formatted(crc32c));
  }

  /// The checksum that an object was put with, if its metadata has one.
  static OptionalInt crc32c(Headers headers) {
    String digits = headers.get(CRC32C_METADATA);
    return digits != null && digits.matches("[0-9a-f]{8}")
        ? OptionalInt.of(HexFormat.fromHexDigits(digits))
        : OptionalInt.empty();
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
