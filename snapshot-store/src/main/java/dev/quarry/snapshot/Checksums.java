package dev.quarry.snapshot;

import java.util.zip.CRC32C;

/// CRC32C (RFC 3720, appendix B.4): notices damage, proves nothing.
final class Checksums {
  private Checksums() {}

  static long crc32c(byte[] bytes) {
    return crc32c(bytes, 0, bytes.length);
  }

  static long crc32c(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return crc.getValue();
  }
}
