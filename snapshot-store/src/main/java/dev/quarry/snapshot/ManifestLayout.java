package dev.quarry.snapshot;

/// The arithmetic of the manifest tree: a leaf describes 256 chunks, every page above it 256 pages.
///
/// Level 0 are the leaves. One leaf reaches 128 MiB of the volume, level 1 reaches 32 GiB, level 2
/// 8 TiB, level 3 2 PiB.
final class ManifestLayout {
  static final int FANOUT = 256;

  /// The highest level there can be; 64 TiB need level 3.
  static final int MAX_LEVEL = 3;

  static final int FANOUT_BITS = 8;

  private ManifestLayout() {}

  static long leafOf(long chunk) {
    return chunk >>> FANOUT_BITS;
  }

  static int slotInLeaf(long chunk) {
    return (int) (chunk & (FANOUT - 1));
  }

  /// The index, among the pages of `level`, of the page above a leaf.
  static long pageOf(long leaf, int level) {
    return leaf >>> (FANOUT_BITS * level);
  }

  /// Where a page of `level - 1` stands in its page of `level`.
  static int slotOf(long leaf, int level) {
    return (int) (pageOf(leaf, level - 1) & (FANOUT - 1));
  }

  /// The first leaf under a page.
  static long firstLeaf(long page, int level) {
    return page << (FANOUT_BITS * level);
  }

  /// The lowest level of which one page reaches all chunks.
  static int topLevel(long chunkCount) {
    int level = 0;
    while (chunkCount > 1L << (FANOUT_BITS * (level + 1))) {
      level++;
    }
    if (level > MAX_LEVEL) {
      throw new IllegalArgumentException("volume is too large chunks=" + chunkCount);
    }
    return level;
  }
}
