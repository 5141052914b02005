package dev.quarry.snapshot;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Pages of manifests by their hashes, bounded in bytes; the one not used for longest goes first.
///
/// Keeps the encoded form, whose size is known to the byte. Safe for use by many threads.
final class PageCache {
  private static final int OVERHEAD_BYTES = 128; // of an entry, about

  private final long maxBytes;
  private final LinkedHashMap<Bits128, byte[]> pages =
      new LinkedHashMap<>(16, 0.75f, true); // guarded by this
  private long bytes; // guarded by this

  PageCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  synchronized Optional<byte[]> get(Bits128 hash) {
    return Optional.ofNullable(pages.get(hash));
  }

  synchronized void put(Bits128 hash, byte[] page) {
    if (pages.put(hash, page) == null) {
      bytes += page.length + OVERHEAD_BYTES;
    }
    var oldest = pages.entrySet().iterator();
    while (bytes > maxBytes && oldest.hasNext()) {
      Map.Entry<Bits128, byte[]> entry = oldest.next();
      bytes -= entry.getValue().length + OVERHEAD_BYTES;
      oldest.remove();
    }
  }

  synchronized long sizeBytes() {
    return bytes;
  }
}
