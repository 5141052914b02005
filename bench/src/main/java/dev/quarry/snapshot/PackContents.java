package dev.quarry.snapshot;

import dev.quarry.crypto.DataKey;
import dev.quarry.crypto.InsecureKeyAccess;
import java.util.Random;
import java.util.UUID;

/// What benchmarks of packs put into them.
final class PackContents implements AutoCloseable {
  static final UUID VOLUME = new UUID(1, 2);

  private final DataKey key;
  private final Seals seals;

  PackContents(boolean encrypted) {
    byte[] raw = new byte[DataKey.SIZE_BYTES];
    new Random(1).nextBytes(raw);
    key = DataKey.insecureOf(raw, InsecureKeyAccess.granted());
    seals = encrypted ? new DataKeySeals(key) : new ChecksumSeals();
  }

  Seals seals() {
    return seals;
  }

  static PackId pack(long attempt) {
    return new PackId(VOLUME, 1, attempt, PackKind.DATA, 0);
  }

  /// Bytes that compress to about half.
  static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    Random random = new Random(2);
    byte[] part = new byte[32];
    for (int at = 0; at < length; at += 2 * part.length) {
      random.nextBytes(part);
      System.arraycopy(part, 0, bytes, at, Math.min(part.length, length - at));
    }
    return bytes;
  }

  @Override
  public void close() {
    key.close();
  }
}
