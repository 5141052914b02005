package dev.quarry.snapshot;

/// What the making of a snapshot may use.
///
/// @param threads how many compress and seal side by side
/// @param packs the most packs in memory, filled or on their way, 16 MiB each; at least two more
///   than there are threads
/// @param cacheBytes the most memory for pages of the parent's tree
public record WriterLimits(int threads, int packs, long cacheBytes) {
  /// Two threads, and four uploads under way beside what they fill: 112 MiB of packs.
  public static final WriterLimits DEFAULT = new WriterLimits(2, 7, 32L << 20);

  public WriterLimits {
    if (threads < 1 || packs < threads + 2 || cacheBytes < 0) {
      throw new IllegalArgumentException(
          "bad limits threads=%d packs=%d cache=%d".formatted(threads, packs, cacheBytes));
    }
  }
}
