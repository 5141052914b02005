package dev.quarry.volume;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One walk over the marks of a range. Takes no time for regions that have none.
///
/// Marks are set before what they tell of: a change that was answered is found here.
final class MarkScan {
  private final ChunkTable table;
  private final int limit;
  private final List<MarkRun> runs = new ArrayList<>();
  private long lastEnd;

  MarkScan(ChunkTable table, int limit) {
    this.table = table;
    this.limit = limit;
  }

  /// What changed since the base: in blocks of 4 KiB, but in whole chunks where that is in doubt.
  List<MarkRun> changed(long offset, long length) {
    long end = offset + length;
    long base = table.base();
    for (lastEnd = offset; lastEnd < end && runs.size() <= limit; ) {
      long chunk = ChunkLayout.chunkOf(lastEnd);
      long region = ChunkLayout.regionOf(chunk);
      long chunkEnd = Math.min(end, ChunkLayout.chunkStart(chunk + 1));
      if (!table.regionChangedAfter(region, base)) {
        add(Math.min(end, (region + 1) * ChunkLayout.REGION_BYTES), 0);
      } else if (table.doubt(chunk) > base) {
        add(chunkEnd, MarkRun.CHANGED | MarkRun.IN_DOUBT);
      } else if (table.epoch(chunk) <= base) {
        add(chunkEnd, 0);
      } else {
        addBlocks(chunk, table.changed(chunk), chunkEnd, MarkRun.CHANGED, 0);
      }
    }
    return answer();
  }

  /// What is in the store only, in blocks of 4 KiB.
  List<MarkRun> residency(long offset, long length, Optional<ColdChunks> cold) {
    long end = offset + length;
    for (lastEnd = offset; lastEnd < end && runs.size() <= limit; ) {
      long chunk = ChunkLayout.chunkOf(lastEnd);
      long region = ChunkLayout.regionOf(chunk);
      if (cold.isEmpty()) {
        add(end, 0);
      } else if (!table.touched(region)) {
        add(Math.min(end, (region + 1) * ChunkLayout.REGION_BYTES), MarkRun.REMOTE);
      } else {
        long chunkEnd = Math.min(end, ChunkLayout.chunkStart(chunk + 1));
        addBlocks(chunk, cold.get().here(chunk), chunkEnd, 0, MarkRun.REMOTE);
      }
    }
    return answer();
  }

  private void addBlocks(long chunk, BlockMask blocks, long end, int inside, int outside) {
    while (lastEnd < end) {
      int block = ChunkLayout.firstBlock(lastEnd);
      boolean in = blocks.contains(block);
      int next = in ? blocks.nextAbsent(block) : blocks.next(block);
      long to = ChunkLayout.chunkStart(chunk) + (long) next * ChunkLayout.BLOCK_BYTES;
      add(Math.min(end, to), in ? inside : outside);
    }
  }

  /// Adds what lies before `to`, joined to the last run if that has the same flags.
  private void add(long to, int flags) {
    long length = to - lastEnd;
    lastEnd = to;
    if (!runs.isEmpty() && runs.getLast().flags() == flags) {
      runs.add(new MarkRun(runs.removeLast().length() + length, flags));
    } else {
      runs.add(new MarkRun(length, flags));
    }
  }

  private List<MarkRun> answer() {
    return List.copyOf(runs.size() > limit ? runs.subList(0, limit) : runs);
  }
}
