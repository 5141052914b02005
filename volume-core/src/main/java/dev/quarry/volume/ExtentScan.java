package dev.quarry.volume;

import dev.quarry.block.Extent;
import dev.quarry.block.VolumeException;
import dev.quarry.disk.DiskFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One walk over a range of a volume's file, which tells data, holes, and zeros that hold their
/// space.
final class ExtentScan {
  private final DiskFile data;
  private final ChunkTable table;
  private final Optional<ColdChunks> cold;
  private final int limit;
  private final List<Extent> found = new ArrayList<>();

  ExtentScan(DiskFile data, ChunkTable table, Optional<ColdChunks> cold, int limit) {
    this.data = data;
    this.table = table;
    this.cold = cold;
    this.limit = limit;
  }

  List<Extent> scan(long offset, long length) throws VolumeException {
    long end = offset + length;
    for (long from = offset; from < end && found.size() <= limit; ) {
      long dataFrom = Math.min(end, data.nextData(from));
      holes(from, dataFrom);
      long dataTo = Math.min(end, data.nextHole(dataFrom));
      add(dataFrom, dataTo, Extent.State.DATA);
      from = dataTo;
    }
    return found.size() > limit ? found.subList(0, limit) : found;
  }

  /// Splits what the file system calls a hole by the blocks that were zeroed with their space kept.
  private void holes(long from, long end) {
    while (from < end && found.size() <= limit) {
      long chunk = ChunkLayout.chunkOf(from);
      if (cold.isPresent() && cold.get().missing(chunk, 0, 127)) {
        // Not here, which says nothing of what it is. It may be zeros, and is called data.
        long to = Math.min(end, ChunkLayout.chunkStart(chunk + 1));
        add(from, to, Extent.State.DATA);
        from = to;
        continue;
      }
      long region = ChunkLayout.regionOf(chunk);
      if (!table.touched(region)) {
        long to = Math.min(end, (region + 1) * ChunkLayout.REGION_BYTES);
        add(from, to, Extent.State.HOLE);
        from = to;
        continue;
      }
      BlockMask allocated = table.allocated(chunk);
      int block = ChunkLayout.firstBlock(from);
      boolean kept = allocated.contains(block);
      int next = kept ? allocated.nextAbsent(block) : allocated.next(block);
      long to =
          Math.min(end, ChunkLayout.chunkStart(chunk) + (long) next * ChunkLayout.BLOCK_BYTES);
      add(from, to, kept ? Extent.State.ZERO : Extent.State.HOLE);
      from = to;
    }
  }

  /// Adds a run, joined to the last one if that is in the same state.
  private void add(long from, long to, Extent.State state) {
    if (from >= to) {
      return;
    }
    if (!found.isEmpty() && found.getLast().state() == state) {
      Extent last = found.removeLast();
      found.add(new Extent(last.offset(), to - last.offset(), state));
    } else {
      found.add(new Extent(from, to - from, state));
    }
  }
}
