package dev.quarry.snapshot;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Pages of manifests by their hashes, bounded in bytes; the one not used for longest goes first.
///
/// Most are kept in their encoded form, a tenth of what they take when they are decoded. The few
/// that are asked for again and again, chunk after chunk, are kept decoded as well.
///
/// Shared by all that read manifests, of whatever lineage. Safe for use by many threads.
final class PageCache {
  private static final int OVERHEAD_BYTES = 160; // of an entry, about

  /// One part in so many is for decoded pages.
  private static final int DECODED_PART = 4;

  private final Lru<byte[]> encoded;
  private final Lru<Page> decoded;

  /// Pages under different keys are different, whatever their hashes.
  private record Key(Bits128 keyId, Bits128 hash) {}

  PageCache(long maxBytes) {
    this.encoded = new Lru<>(maxBytes - maxBytes / DECODED_PART);
    this.decoded = new Lru<>(maxBytes / DECODED_PART);
  }

  Optional<byte[]> encoded(Seals seals, Bits128 hash) {
    return encoded.get(new Key(seals.keyId(), hash));
  }

  Optional<Page> decoded(Seals seals, Bits128 hash) {
    return decoded.get(new Key(seals.keyId(), hash));
  }

  void put(Seals seals, Bits128 hash, byte[] page) {
    encoded.put(new Key(seals.keyId(), hash), page, page.length);
  }

  void put(Seals seals, Bits128 hash, Page page) {
    decoded.put(new Key(seals.keyId(), hash), page, page.memoryBytes());
  }

  long sizeBytes() {
    return encoded.sizeBytes() + decoded.sizeBytes();
  }

  private static final class Lru<V> {
    private final long maxBytes;
    private final LinkedHashMap<Key, Weighed<V>> pages =
        new LinkedHashMap<>(16, 0.75f, true); // guarded by this
    private long bytes; // guarded by this

    private record Weighed<V>(V value, long bytes) {}

    Lru(long maxBytes) {
      this.maxBytes = maxBytes;
    }

    synchronized Optional<V> get(Key key) {
      return Optional.ofNullable(pages.get(key)).map(Weighed::value);
    }

    synchronized void put(Key key, V value, long valueBytes) {
      Weighed<V> before = pages.put(key, new Weighed<>(value, valueBytes + OVERHEAD_BYTES));
      bytes += valueBytes + OVERHEAD_BYTES - (before == null ? 0 : before.bytes());
      var oldest = pages.entrySet().iterator();
      while (bytes > maxBytes && oldest.hasNext()) {
        Map.Entry<Key, Weighed<V>> entry = oldest.next();
        bytes -= entry.getValue().bytes();
        oldest.remove();
      }
    }

    synchronized long sizeBytes() {
      return bytes;
    }
  }
}
