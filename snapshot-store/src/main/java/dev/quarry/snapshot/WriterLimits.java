package dev.quarry.snapshot;

/// What the making and the reading of snapshots may use, of all that are made and read at a time.
///
/// @param threads how many compress and seal one snapshot side by side
/// @param packs the most packs in memory, filled or on their way, 16 MiB each. A snapshot that is
///   being made needs two more than it has threads; further ones wait for their turn.
/// @param cacheBytes the most memory for pages of manifests
public record WriterLimits(int threads, int packs, long cacheBytes) {
  /// Three snapshots at a time with two threads each, or one with ten uploads under way beside what
  /// it fills: 192 MiB of packs. Pages of 2 TiB.
  public static final WriterLimits DEFAULT = new WriterLimits(2, 12, 64L << 20);

  public WriterLimits {
    if (threads < 1 || packs < threads + 2 || cacheBytes < 0) {
      throw new IllegalArgumentException(
          "bad limits threads=%d packs=%d cache=%d".formatted(threads, packs, cacheBytes));
    }
  }

  /// How many packs a snapshot cannot do without: one that each thread fills, one for pages, and
  /// one under way.
  int packsOfOne() {
    return threads + 2;
  }

  /// The same for what can only be read from its beginning to its end.
  WriterLimits inOrder() {
    return new WriterLimits(1, packs, cacheBytes);
  }
}
