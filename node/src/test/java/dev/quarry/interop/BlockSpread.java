package dev.quarry.interop;

/// Where a few blocks lie in a large volume: in groups of 16, evenly from its first byte to its
/// last.
record BlockSpread(long volumeBytes, int groupCount) {
  static final int GROUP_BLOCKS = 16;
  static final int GROUP_BYTES = GROUP_BLOCKS * StampedBlock.BYTES;

  int blockCount() {
    return groupCount * GROUP_BLOCKS;
  }

  long groupOffset(int group) {
    long room = (volumeBytes - GROUP_BYTES) / StampedBlock.BYTES;
    return room * group / (groupCount - 1) * StampedBlock.BYTES;
  }

  long offset(int block) {
    return groupOffset(block / GROUP_BLOCKS) + (long) (block % GROUP_BLOCKS) * StampedBlock.BYTES;
  }
}
