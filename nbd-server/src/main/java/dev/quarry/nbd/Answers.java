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
  /// Data that a worker has read is copied behind the other replies up to this size, and sent from
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
  private final Output output;
  private final Counters counters;
  private final FailureLog failures;

  /// @param device the device behind its limits
  Answers(BlockDevice device, Output output, Counters counters, FailureLog failures) {
    this.device = device;
    this.output = output;
    this.counters = counters;
    this.failures = failures;
  }

  /// Whether there is room for a reply without data.
  boolean hasRoom() throws ClientGone {
    return output.roomFor(0) >= 0;
  }

  /// Answers a request that carries no data back; there must be room.
  void reply(Request request, int error) {
    counters.answered(request, error);
    output.reply(request.cookie(), error);
  }

  /// Carries a request out if that needs no waiting.
  Attempt attempt(Request request, MemorySegment payload, long payloadAt) throws ClientGone {
    long dataBytes = dataBytes(request);
    if (dataBytes > Output.STAGED_LIMIT) {
      return Attempt.MUST_WAIT;
    }
    long at = output.roomFor(dataBytes);
    if (at < 0) {
      return Attempt.NO_ROOM;
    }
    try {
      boolean done =
          request.command() == Command.READ
              ? Operation.tryNow(device, request, output.staging(), at + Wire.SIMPLE_REPLY_BYTES)
              : Operation.tryNow(device, request, payload, payloadAt);
      if (!done) {
        return Attempt.MUST_WAIT;
      }
      succeeded(request);
    } catch (VolumeException e) {
      failed(request, e);
    }
    return Attempt.ANSWERED;
  }

  /// Carries a request out, however long it takes. One with data must fit into the staging buffer.
  ///
  /// @return false if there is no room for its reply
  boolean run(Request request, MemorySegment payload, long payloadAt) throws ClientGone {
    long at = output.roomFor(dataBytes(request));
    if (at < 0) {
      return false;
    }
    try {
      if (request.command() == Command.READ) {
        Operation.run(device, request, output.staging(), at + Wire.SIMPLE_REPLY_BYTES);
      } else {
        Operation.run(device, request, payload, payloadAt);
      }
      succeeded(request);
    } catch (VolumeException e) {
      failed(request, e);
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
  /// data has been sent.
  ///
  /// @return false if there is no room for its reply
  boolean answer(Job job, Jobs jobs) throws ClientGone {
    if (job.bug() != null) {
      throw new IllegalStateException("a request broke " + job.request(), job.bug());
    }
    Request request = job.request();
    long dataBytes = job.failure() == null ? dataBytes(request) : 0;
    if (dataBytes > COPY_LIMIT) {
      counters.answered(request, WireError.NONE);
      output.replyFrom(job);
      return true;
    }
    long at = output.roomFor(dataBytes);
    if (at < 0) {
      return false;
    }
    if (job.failure() != null) {
      failed(request, job.failure());
    } else {
      if (dataBytes > 0) {
        long to = at + Wire.SIMPLE_REPLY_BYTES;
        MemorySegment.copy(job.buffer().memory(), Buffer.DATA_AT, output.staging(), to, dataBytes);
      }
      succeeded(request);
    }
    jobs.give(job);
    return true;
  }

  /// Stages the reply to a request that was carried out; the data of a READ is in its place.
  private void succeeded(Request request) {
    counters.answered(request, WireError.NONE);
    if (request.command() == Command.READ) {
      output.replyWithData(request.cookie(), request.length());
    } else {
      output.reply(request.cookie(), WireError.NONE);
    }
  }

  private void failed(Request request, VolumeException e) {
    failures.report(request, e);
    reply(request, WireError.of(e));
  }

  private static long dataBytes(Request request) {
    return request.command() == Command.READ ? request.length() : 0;
  }
}
