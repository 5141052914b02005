package dev.quarry.nbd;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.Extent;
import dev.quarry.block.VolumeException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// The reply to a READ of a range with holes, made in the buffer of its job without reading them.
///
/// Data is read to where it would be in the buffer without holes. What stands before it is written
/// at the end of the hole before it, so that nothing has to be moved:
///
/// ```
/// buffer  | data 1 ....... | . hole ............................ | data 2 ...
/// pieces  [header | data 1 ]             [hole chunk | header    | data 2 ...
/// ```
final class SparseReply {
  /// Shorter holes are sent as data: their chunks would cost more than they save.
  static final int SHORTEST_HOLE_BYTES = 4096;

  private static final int EXTENT_LIMIT = 256;

  private final BlockDevice device;
  private final ReplyFormat format;

  SparseReply(BlockDevice device, ReplyFormat format) {
    this.device = device;
    this.format = format;
  }

  /// Carries a READ out if its range has holes.
  ///
  /// @return false if it has none; nothing was done then
  boolean make(Job job) throws VolumeException {
    Request request = job.request();
    List<Run> runs = runs(request);
    if (runs.size() == 1 && !runs.getFirst().hole()) {
      return false;
    }
    MemorySegment memory = job.memory();
    for (int i = 0; i < runs.size(); i++) {
      Run run = runs.get(i);
      boolean last = i == runs.size() - 1;
      if (!run.hole()) {
        data(job, run, runs.get(Math.max(i - 1, 0)), last);
      } else if (last) {
        long at = at(request, run.offset());
        long bytes = format.holeChunk(memory, at, request, run.offset(), run.length(), true);
        job.pieces().add(at, at + bytes);
      }
    }
    return true;
  }

  /// @param before the hole before it, or the run itself if it is the first
  private void data(Job job, Run run, Run before, boolean last) throws VolumeException {
    Request request = job.request();
    MemorySegment memory = job.memory();
    long dataAt = at(request, run.offset());
    long at = dataAt - format.dataHeaderBytes();
    device.read(run.offset(), memory, dataAt, (int) run.length());
    format.dataChunk(memory, at, request, run.offset(), run.length(), last);
    if (before.hole()) {
      at -= format.holeBytes();
      format.holeChunk(memory, at, request, before.offset(), before.length(), false);
    }
    job.pieces().add(at, dataAt + run.length());
  }

  /// Runs of data and of holes in turn, which cover the range.
  private List<Run> runs(Request request) throws VolumeException {
    List<Run> runs = new ArrayList<>();
    long end = request.offset() + request.length();
    long reached = request.offset();
    for (Extent extent : device.extents(request.offset(), request.length(), EXTENT_LIMIT)) {
      boolean hole = extent.state() != Extent.State.DATA && extent.length() >= SHORTEST_HOLE_BYTES;
      append(runs, extent.offset(), extent.length(), hole);
      reached = extent.end();
    }
    if (reached < end) {
      append(runs, reached, end - reached, false);
    }
    return runs;
  }

  private static void append(List<Run> runs, long offset, long length, boolean hole) {
    if (!runs.isEmpty() && runs.getLast().hole() == hole) {
      Run before = runs.removeLast();
      runs.add(new Run(before.offset(), before.length() + length, hole));
    } else {
      runs.add(new Run(offset, length, hole));
    }
  }

  private static long at(Request request, long offset) {
    return Buffer.DATA_AT + offset - request.offset();
  }

  private record Run(long offset, long length, boolean hole) {}
}
