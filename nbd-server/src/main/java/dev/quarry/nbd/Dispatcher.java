package dev.quarry.nbd;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.Durability;
import dev.quarry.block.VolumeException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;

/// Decides for each request of a connection how it is carried out: at once, by a worker, or later,
/// when its limits let it run.
///
/// What can be done at once is done on the connection's own thread, straight between the device and
/// the connection's buffers. What cannot becomes a [Job]. A request for which there is no job, no
/// buffer or no room for its reply stays at the head of the [Intake], and the client's next ones
/// behind it; that is all the backpressure there is.
///
/// A request that is alone, with nothing waiting and nothing more received, is not handed over but
/// run here, if it is short: at queue depth 1 the two wake-ups of a hand-over cost more than they
/// gain. It is also run here if all buffers are taken, so that small requests get on whatever other
/// connections hold.
final class Dispatcher {
  /// Data that a worker has read is copied behind the other replies up to this size, and sent from
  /// its own buffer above: there a call costs less than the copy.
  private static final long COPY_LIMIT = 32 << 10;

  /// The most bytes a lone request may change here.
  private static final long SHORT_BYTES = 1 << 20;

  private enum Attempt {
    ANSWERED,
    MUST_WAIT,
    /// The client has to take replies first.
    NO_ROOM
  }

  private final BlockDevice device;
  private final BlockDevice admitted;
  private final Output output;
  private final Buffers buffers;
  private final Jobs jobs;
  private final Lane lane;
  private final Counters counters;
  private final FailureLog failures;
  private final Deferrals deferrals = new Deferrals();
  private final ArrayDeque<Job> finished = new ArrayDeque<>();

  // What is known of the request at the head of the intake, if it could not be dealt with at once.
  private boolean headCharged; // to its limits
  private boolean headDeferred; // they let it run at headDueNanos
  private long headDueNanos;
  private boolean headTried; // it has to wait

  Dispatcher(
      BlockDevice device,
      Output output,
      Buffers buffers,
      Jobs jobs,
      Lane lane,
      Counters counters,
      FailureLog failures) {
    this.device = device;
    this.admitted = device.admitted();
    this.output = output;
    this.buffers = buffers;
    this.jobs = jobs;
    this.lane = lane;
    this.counters = counters;
    this.failures = failures;
  }

  /// Whether nothing is under way: only the client can bring work.
  boolean idle() {
    return jobs.used() == 0 && !headDeferred && !buffers.waiting();
  }

  /// Nanoseconds until limits let the next request run, or -1 if none waits for that.
  long untilWake() {
    if (!deferrals.isEmpty()) {
      return deferrals.untilWake(System.nanoTime());
    }
    return headDeferred ? Math.max(0, headDueNanos - System.nanoTime()) : -1;
  }

  /// Answers the jobs that workers have finished.
  void answerFinished() throws ClientGone {
    if (jobs.used() == 0) {
      return;
    }
    lane.drainTo(finished);
    while (!finished.isEmpty() && answer(finished.peek())) {
      finished.remove();
    }
  }

  /// Runs the requests whose time has come, and charges those that become the first.
  void runDue() throws ClientGone {
    if (deferrals.isEmpty()) {
      return;
    }
    long now = System.nanoTime();
    while (deferrals.isDue(now) && run(deferrals.first())) {
      deferrals.removeFirst(now);
      if (!deferrals.isEmpty()) {
        long waitNanos = Operation.admit(device, deferrals.first().request());
        deferrals.firstDue(waitNanos == 0 ? now : System.nanoTime() + waitNanos);
      }
    }
  }

  /// Acts on the request that is ready in the intake.
  ///
  /// @return false if it has to stay there
  boolean act(Intake intake) throws ClientGone {
    Request request = intake.request();
    if (output.roomFor(0) < 0) {
      return false;
    }
    if (intake.refusal() != WireError.NONE) {
      reply(request, intake.refusal());
      return true;
    }
    if (request.length() == 0 && request.command() != Command.FLUSH) {
      reply(request, WireError.NONE);
      return true;
    }
    boolean done = mayRun(request) ? carryOut(intake) : putAside(intake);
    if (done) {
      headCharged = false;
      headDeferred = false;
      headTried = false;
    }
    return done;
  }

  /// Lets running jobs end and gives everything back.
  void close() {
    lane.awaitEnd();
    lane.drainTo(finished);
    finished.forEach(jobs::give);
    for (Job job = deferrals.poll(); job != null; job = deferrals.poll()) {
      jobs.give(job);
    }
  }

  /// Whether limits let the head run now. Charges it, once, unless others wait before it.
  private boolean mayRun(Request request) {
    if (!deferrals.isEmpty()) {
      return false;
    }
    if (!headCharged) {
      headCharged = true;
      long waitNanos = Operation.admit(device, request);
      headDeferred = waitNanos > 0;
      headDueNanos = headDeferred ? System.nanoTime() + waitNanos : 0;
    }
    if (headDeferred && headDueNanos - System.nanoTime() <= 0) {
      headDeferred = false;
    }
    return !headDeferred;
  }

  private boolean putAside(Intake intake) {
    Job job = jobFor(intake, intake.request().length() > Output.STAGED_LIMIT);
    if (job == null) {
      return false;
    }
    if (deferrals.isEmpty()) {
      deferrals.firstDue(headDueNanos);
    }
    deferrals.add(job);
    return true;
  }

  private boolean carryOut(Intake intake) throws ClientGone {
    if (!headTried) {
      switch (attempt(intake.request(), intake.payload(), intake.payloadAt())) {
        case ANSWERED -> {
          return true;
        }
        case NO_ROOM -> {
          return false;
        }
        case MUST_WAIT -> headTried = true;
      }
    }
    return handOver(intake);
  }

  private Attempt attempt(Request request, MemorySegment payload, long payloadAt)
      throws ClientGone {
    boolean read = request.command() == Command.READ;
    long dataBytes = read ? request.length() : 0;
    if (dataBytes > Output.STAGED_LIMIT) {
      return Attempt.MUST_WAIT;
    }
    long at = output.roomFor(dataBytes);
    if (at < 0) {
      return Attempt.NO_ROOM;
    }
    try {
      boolean done =
          read
              ? Operation.tryNow(admitted, request, output.staging(), at + Wire.SIMPLE_REPLY_BYTES)
              : Operation.tryNow(admitted, request, payload, payloadAt);
      if (!done) {
        return Attempt.MUST_WAIT;
      }
      succeeded(request);
    } catch (VolumeException e) {
      failed(request, e);
    }
    return Attempt.ANSWERED;
  }

  private boolean handOver(Intake intake) throws ClientGone {
    Request request = intake.request();
    if (alone(intake) && isShort(request) && output.flush()) {
      return runHere(request, intake.payload(), intake.payloadAt());
    }
    Job job = jobFor(intake, true);
    if (job != null) {
      lane.submit(job);
      return true;
    }
    return jobs.used() == 0
        && request.length() <= Output.STAGED_LIMIT
        && runHere(request, intake.payload(), intake.payloadAt());
  }

  private boolean alone(Intake intake) {
    return jobs.used() == 0 && !intake.hasMore();
  }

  private static boolean isShort(Request request) {
    return switch (request.command()) {
      case FLUSH -> true;
      case WRITE -> request.durability() == Durability.FORCED && request.length() <= SHORT_BYTES;
      case TRIM, WRITE_ZEROES -> request.length() <= SHORT_BYTES;
      case READ, CACHE -> false;
      case DISCONNECT, UNKNOWN -> throw new IllegalStateException("not an operation " + request);
    };
  }

  /// Carries a request out on this thread, however long it takes.
  private boolean runHere(Request request, MemorySegment payload, long payloadAt)
      throws ClientGone {
    boolean read = request.command() == Command.READ;
    long at = output.roomFor(read ? request.length() : 0);
    if (at < 0) {
      return false;
    }
    try {
      if (read) {
        Operation.run(admitted, request, output.staging(), at + Wire.SIMPLE_REPLY_BYTES);
      } else {
        Operation.run(admitted, request, payload, payloadAt);
      }
      succeeded(request);
    } catch (VolumeException e) {
      failed(request, e);
    }
    return true;
  }

  /// Makes a job of the head, with its payload, and with a buffer for its data if it `needs` one
  /// now; null if there is no job or no buffer.
  private Job jobFor(Intake intake, boolean needs) {
    Request request = intake.request();
    if (jobs.full()) {
      return null;
    }
    Buffer buffer = null;
    switch (request.command()) {
      case READ -> {
        int length = (int) request.length();
        if (needs) {
          buffer =
              length > Output.STAGED_LIMIT ? buffers.takeOrWait(length) : buffers.tryTake(length);
          if (buffer == null) {
            return null;
          }
        }
      }
      case WRITE -> {
        buffer = intake.takePayload();
        if (buffer == null) {
          buffer = buffers.tryTake((int) request.length());
          if (buffer == null) {
            return null;
          }
          MemorySegment.copy(
              intake.payload(),
              intake.payloadAt(),
              buffer.memory(),
              Buffer.DATA_AT,
              request.length());
        }
      }
      case FLUSH, TRIM, CACHE, WRITE_ZEROES -> {}
      case DISCONNECT, UNKNOWN -> throw new IllegalStateException("not an operation " + request);
    }
    Job job = jobs.take(request);
    job.buffer(buffer);
    return job;
  }

  /// Runs a job whose time has come.
  ///
  /// @return false if it has to stay where it is
  private boolean run(Job job) throws ClientGone {
    Request request = job.request();
    MemorySegment payload = job.buffer() == null ? null : job.buffer().memory();
    switch (attempt(request, payload, Buffer.DATA_AT)) {
      case ANSWERED -> jobs.give(job);
      case NO_ROOM -> {
        return false;
      }
      case MUST_WAIT -> {
        if (request.command() == Command.READ && job.buffer() == null) {
          Buffer buffer = buffers.tryTake((int) request.length());
          if (buffer == null) {
            boolean done = runHere(request, payload, Buffer.DATA_AT);
            if (done) {
              jobs.give(job);
            }
            return done;
          }
          job.buffer(buffer);
        }
        lane.submit(job);
      }
    }
    return true;
  }

  /// Answers a job that a worker has finished.
  ///
  /// @return false if there is no room for its reply
  private boolean answer(Job job) throws ClientGone {
    if (job.bug() != null) {
      throw new IllegalStateException("a request broke " + job.request(), job.bug());
    }
    Request request = job.request();
    boolean data = request.command() == Command.READ && job.failure() == null;
    if (data && request.length() > COPY_LIMIT) {
      counters.answered(request, WireError.NONE);
      output.replyFrom(job);
      return true;
    }
    long at = output.roomFor(data ? request.length() : 0);
    if (at < 0) {
      return false;
    }
    if (job.failure() != null) {
      failed(request, job.failure());
    } else {
      if (data) {
        long to = at + Wire.SIMPLE_REPLY_BYTES;
        MemorySegment.copy(
            job.buffer().memory(), Buffer.DATA_AT, output.staging(), to, request.length());
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

  private void reply(Request request, int error) {
    counters.answered(request, error);
    output.reply(request.cookie(), error);
  }
}
