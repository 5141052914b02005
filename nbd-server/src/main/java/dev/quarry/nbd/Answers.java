package dev.quarry.nbd;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.VolumeException;
import java.lang.foreign.MemorySegment;

/// Carries requests out on the connection's own thread, and stages the replies: those to these
/// requests, and those to jobs that workers have finished.
///
/// The data of a READ goes from the device to where its reply is staged, that of a WRITE from where
/// it was received to the device.
final class Answers {
  /// A reply that a worker has written is copied behind the others up to this size, and sent from
  /// its own buffer above: there a call costs less than the copy.
  private static final long COPY_LIMIT = 32 << 10;

  /// What became of an attempt to carry a request out at once.
  enum Attempt {
    ANSWERED,
    MUST_WAIT,
    /// The client has to take replies first.
    NO_ROOM
  }

  private final BlockDevice device;
  private final ReplyFormat format;
  private final BlockStatus status;
  private final Output output;
  private final Counters counters;
  private final FailureLog failures;

  /// @param device the device behind its limits
  Answers(
      BlockDevice device,
      ReplyFormat format,
      BlockStatus status,
      Output output,
      Counters counters,
      FailureLog failures) {
    this.device = device;
    this.format = format;
    this.status = status;
    this.output = output;
    this.counters = counters;
    this.failures = failures;
  }

  /// Whether there is room for a reply without data.
  boolean hasRoom() throws ClientGone {
    return output.roomFor(format.plainBytes()) >= 0;
  }

  /// The most bytes that the reply to a request needs beside its headers.
  long dataBytes(Request request) {
    return switch (request.command()) {
      case READ -> request.length();
      case BLOCK_STATUS -> status.longestBytes();
      case WRITE, FLUSH, TRIM, CACHE, WRITE_ZEROES, DISCONNECT, UNKNOWN -> 0;
    };
  }

  /// Refuses a request; there must be room.
  void refuse(Request request, Refusal refusal) throws ClientGone {
    counters.answered(request, refusal.error());
    long at = output.roomFor(format.plainBytes());
    if (refusal.ofRange() && request.length() != 0) {
      long size = device.sizeBytes();
      boolean beginsInside = request.offset() >= 0 && request.offset() < size;
      long place = beginsInside ? size : request.offset();
      output.staged(format.errorAt(output.staging(), at, request, refusal, place));
    } else {
      output.staged(format.error(output.staging(), at, request, refusal));
    }
  }

  /// Says that a request was carried out and has no data; there must be room.
  void succeed(Request request) throws ClientGone {
    long at = output.roomFor(format.plainBytes());
    stage(request, format.success(output.staging(), at, request));
  }

  /// Carries a request out if that needs no waiting.
  Attempt attempt(Request request, MemorySegment payload, long payloadAt) throws ClientGone {
    if (!hasRoom()) {
      return Attempt.NO_ROOM;
    }
    try {
      if (request.command() == Command.READ) {
        return tellHole(request) ? Attempt.ANSWERED : attemptRead(request);
      }
      if (!Operation.tryNow(device, request, payload, payloadAt)) {
        return Attempt.MUST_WAIT;
      }
      succeed(request);
    } catch (VolumeException e) {
      fail(request, e);
    }
    return Attempt.ANSWERED;
  }

  /// Carries a request out, however long it takes. One with data must fit into the staging buffer.
  ///
  /// @return false if there is no room for its reply
  boolean run(Request request, MemorySegment payload, long payloadAt) throws ClientGone {
    long at = output.roomFor(Math.max(replyBytes(request), format.plainBytes()));
    if (at < 0) {
      return false;
    }
    try {
      switch (request.command()) {
        case READ -> {
          Operation.run(device, request, output.staging(), at + format.dataHeaderBytes());
          stageRead(request, at);
        }
        case BLOCK_STATUS -> {
          long end = status.write(output.staging(), at, request);
          stage(request, end - at);
        }
        case WRITE, FLUSH, TRIM, CACHE, WRITE_ZEROES -> {
          Operation.run(device, request, payload, payloadAt);
          succeed(request);
        }
        case DISCONNECT, UNKNOWN -> throw new IllegalStateException("not an operation " + request);
      }
    } catch (VolumeException e) {
      fail(request, e);
    }
    return true;
  }

  /// Sends what is staged, so that nothing waits for what is about to take its time.
  ///
  /// @return whether the client took everything
  boolean flush() throws ClientGone {
    return output.flush();
  }

  /// Answers a job that a worker has finished, and ends it with [Jobs#give], at once or when its
  /// reply has been sent.
  ///
  /// @return false if there is no room for its reply
  boolean answer(Job job, Jobs jobs) throws ClientGone {
    if (job.bug() != null) {
      throw new IllegalStateException("a request broke " + job.request(), job.bug());
    }
    Request request = job.request();
    long bytes = job.failure() == null ? job.pieces().bytes() : 0;
    if (bytes > COPY_LIMIT) {
      counters.answered(request, WireError.NONE);
      output.replyFrom(job);
      return true;
    }
    long at = output.roomFor(Math.max(bytes, format.plainBytes()));
    if (at < 0) {
      return false;
    }
    if (job.failure() != null) {
      fail(request, job.failure());
    } else if (bytes == 0) {
      succeed(request);
    } else {
      copy(job, at);
    }
    jobs.give(job);
    return true;
  }

  private long replyBytes(Request request) {
    return format.dataHeaderBytes() + dataBytes(request);
  }

  /// Answers a READ whose range is known to be a hole.
  private boolean tellHole(Request request) throws VolumeException, ClientGone {
    if (!format.tellsHoles() || !device.tryReadHole(request.offset(), request.length())) {
      return false;
    }
    long at = output.roomFor(format.plainBytes());
    stage(
        request,
        format.holeChunk(output.staging(), at, request, request.offset(), request.length(), true));
    return true;
  }

  private Attempt attemptRead(Request request) throws VolumeException, ClientGone {
    if (request.length() > Output.STAGED_LIMIT) {
      return Attempt.MUST_WAIT;
    }
    long at = output.roomFor(replyBytes(request));
    if (at < 0) {
      return Attempt.NO_ROOM;
    }
    if (!Operation.tryNow(device, request, output.staging(), at + format.dataHeaderBytes())) {
      return Attempt.MUST_WAIT;
    }
    stageRead(request, at);
    return Attempt.ANSWERED;
  }

  /// Stages the reply to a READ whose data is in its place.
  private void stageRead(Request request, long at) {
    stage(request, format.data(output.staging(), at, request) + request.length());
  }

  private void copy(Job job, long at) {
    Pieces pieces = job.pieces();
    long end = at;
    for (int i = 0; i < pieces.count(); i++) {
      long length = pieces.to(i) - pieces.from(i);
      MemorySegment.copy(job.memory(), pieces.from(i), output.staging(), end, length);
      end += length;
    }
    stage(job.request(), end - at);
  }

  /// Says that the reply to a request that was carried out is written where there was room for it.
  private void stage(Request request, long bytes) {
    counters.answered(request, WireError.NONE);
    output.staged(bytes);
  }

  private void fail(Request request, VolumeException e) throws ClientGone {
    failures.report(request, e);
    refuse(request, Refusal.of(e));
  }
}
