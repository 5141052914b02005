package dev.quarry.nbd;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.VolumeException;
import java.lang.foreign.MemorySegment;

/// What workers do for a connection: carry out the request of a job and write its reply into the
/// job's buffer, if it is one with data. Any number of them at a time.
final class Errand {
  /// Holes are looked for in READs of this length or more; in a shorter one the search costs more
  /// than the sending.
  private static final int HOLE_SEARCH_BYTES = 64 << 10;

  private final BlockDevice device;
  private final ReplyFormat format;
  private final BlockStatus status;
  private final SparseReply sparse;

  /// @param device the device behind its limits: jobs have been charged already
  Errand(BlockDevice device, ReplyFormat format, BlockStatus status) {
    this.device = device;
    this.format = format;
    this.status = status;
    this.sparse = new SparseReply(device, format);
  }

  void run(Job job) throws VolumeException {
    Request request = job.request();
    switch (request.command()) {
      case READ -> read(job);
      case BLOCK_STATUS -> {
        long end = status.write(job.memory(), Buffer.DATA_AT, request);
        job.pieces().add(Buffer.DATA_AT, end);
      }
      case WRITE, FLUSH, TRIM, CACHE, WRITE_ZEROES ->
          Operation.run(device, request, job.memory(), Buffer.DATA_AT);
      case DISCONNECT, UNKNOWN -> throw new IllegalStateException("not an operation " + request);
    }
  }

  private void read(Job job) throws VolumeException {
    Request request = job.request();
    boolean mayHaveHoles =
        format.tellsHoles()
            && !request.flagged(Wire.FLAG_DF)
            && request.length() >= HOLE_SEARCH_BYTES;
    if (mayHaveHoles && sparse.make(job)) {
      return;
    }
    MemorySegment memory = job.memory();
    long at = Buffer.DATA_AT - format.dataHeaderBytes();
    Operation.run(device, request, memory, Buffer.DATA_AT);
    format.data(memory, at, request);
    job.pieces().add(at, Buffer.DATA_AT + request.length());
  }
}
