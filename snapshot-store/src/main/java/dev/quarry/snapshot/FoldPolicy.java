package dev.quarry.snapshot;

/// When a chunk is written anew instead of getting one more DELTA. Pure.
///
/// More deltas make incrementals smaller and cold reads slower: with 8, random writes cost a ninth
/// of what whole chunks would, and a cold read gets at most 9 frames, 5 on average.
///
/// @param maxDeltas the most DELTA frames over the first frame of a chunk
/// @param maxBlocks the most blocks that those have together
record FoldPolicy(int maxDeltas, int maxBlocks) {
  static final FoldPolicy DEFAULT = new FoldPolicy(8, 64);

  FoldPolicy {
    if (maxDeltas < 0 || maxDeltas > LeafPage.MAX_FRAMES_PER_CHUNK - 1) {
      throw new IllegalArgumentException("bad bound on deltas max=" + maxDeltas);
    }
  }

  /// Whether a chunk that is to get one more DELTA is written anew.
  boolean folds(ChunkEntry.Framed chunk, int newBlocks) {
    return chunk.frames().size() > maxDeltas || chunk.overlaidBlocks() + newBlocks > maxBlocks;
  }

  /// Whether so many blocks, over nothing but zeros, are better kept as a FULL.
  boolean isFull(int blocks) {
    return blocks > maxBlocks;
  }
}
