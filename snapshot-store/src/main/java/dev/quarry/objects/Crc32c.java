package dev.quarry.objects;

import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/// The checksum of objects (RFC 3720, section 12.1), by the processor's own instruction.
final class Crc32c {

  private Crc32c() {}

  static int of(MemorySegment bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.asByteBuffer());
    return (int) crc.getValue();
  }

  /// Refuses bytes whose checksum is not the one they were put with.
  static void verify(String name, byte[] bytes, int expected) throws ObjectStoreException.Corrupt {
    int actual = of(MemorySegment.ofArray(bytes));
    if (actual != expected) {
      throw new ObjectStoreException.Corrupt(
          "object checksum mismatch name=%s size=%d expected=%08x actual=%08x"
              .formatted(name, bytes.length, expected, actual));
    }
  }
}
