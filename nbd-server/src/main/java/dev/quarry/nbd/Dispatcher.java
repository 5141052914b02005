package dev.quarry.nbd;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.Durability;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;

/// Decides for each request of a connection how it is carried out: at once, by a worker, or later,
/// when its limits let it run.
///
/// What can be done at once is done on the connection's own thread. What cannot becomes a [Job]. A
/// request for which there is no job, no buffer or no room for its reply stays at the head of the
/// [Intake], and the client's next ones behind it; that is all the backpressure there is.
///
/// A request that is alone, with nothing waiting and nothing more received, is not handed over but
/// run here, if it is short: at queue depth 1 the two wake-ups of a hand-over cost more than they
/// gain. It is also run here if all buffers are taken, so that small requests get on whatever other
/// connections hold.
final class Dispatcher {
  /// The most bytes a lone request may change here.
  private static final long SHORT_BYTES = 1 << 20;

  private final BlockDevice device;
  private final Answers answers;
  private final Buffers buffers;
  private final Jobs jobs;
  private final Lane lane;
  private final Deferrals deferrals = new Deferrals();
  private final ArrayDeque<Job> finished = new ArrayDeque<>();

  // What is known of the request at the head of the intake, if it could not be dealt with at once.
  private boolean headCharged; // to its limits
  private boolean headDeferred; // they let it run at headDueNanos
  private long headDueNanos;
  private boolean headTried; // it has to wait

  /// @param device the device with its limits
  Dispatcher(BlockDevice device, Answers answers, Buffers buffers, Jobs jobs, Lane lane) {
    this.device = device;
    this.answers = answers;
    this.buffers = buffers;
    this.jobs = jobs;
    this.lane = lane;
  }

  /// Whether nothing is under way: only the client can bring work.
  boolean idle() {
    return jobs.used() == 0 && !headDeferred && !buffers.waiting();
  }

  /// Whether requests were put aside, so that what the client sends now waits behind them.
  boolean holdsBack() {
    return !deferrals.isEmpty();
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
    while (!finished.isEmpty() && answers.answer(finished.peek(), jobs)) {
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
    if (!answers.hasRoom()) {
      return false;
    }
    if (intake.refusal() != Refusal.NONE) {
      answers.refuse(request, intake.refusal());
      return true;
    }
    if (request.length() == 0 && request.command() != Command.FLUSH) {
      answers.succeed(request);
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
    Job job = jobFor(intake, false);
    if (job == null) {
      return false;
    }
    if (deferrals.isEmpty()) {
      deferrals.firstDue(headDueNanos);
    }
    deferrals.add(job, System.nanoTime());
    return true;
  }

  private boolean carryOut(Intake intake) throws ClientGone {
    if (headTried) {
      return handOver(intake);
    }
    return switch (answers.attempt(intake.request(), intake.payload(), intake.payloadAt())) {
      case ANSWERED -> true;
      case NO_ROOM -> false;
      case MUST_WAIT -> {
        headTried = true;
        yield handOver(intake);
      }
    };
  }

  private boolean handOver(Intake intake) throws ClientGone {
    Request request = intake.request();
    if (alone(intake) && isShort(request) && answers.flush()) {
      return answers.run(request, intake.payload(), intake.payloadAt());
    }
    Job job = jobFor(intake, true);
    if (job != null) {
      lane.submit(job);
      return true;
    }
    return jobs.used() == 0
        && bufferBytes(request) <= Output.STAGED_LIMIT
        && answers.run(request, intake.payload(), intake.payloadAt());
  }

  private boolean alone(Intake intake) {
    return jobs.used() == 0 && !intake.hasMore();
  }

  private static boolean isShort(Request request) {
    return switch (request.command()) {
      case FLUSH, BLOCK_STATUS -> true;
      case WRITE -> request.durability() == Durability.FORCED && request.length() <= SHORT_BYTES;
      case TRIM, WRITE_ZEROES -> request.length() <= SHORT_BYTES;
      case READ, CACHE -> false;
      case DISCONNECT, UNKNOWN -> throw new IllegalStateException("not an operation " + request);
    };
  }

  /// Makes a job of the head; null if there is no job or no buffer for it.
  ///
  /// @param forWorker whether it needs all that a worker needs. A reply with data will be staged if
  ///   it is not too long for that, and a request that is put aside needs no buffer for it until
  ///   then.
  private Job jobFor(Intake intake, boolean forWorker) {
    if (jobs.full()) {
      return null;
    }
    Request request = intake.request();
    boolean needsBuffer =
        switch (request.command()) {
          case WRITE -> true;
          case READ, BLOCK_STATUS -> forWorker || answers.dataBytes(request) > Output.STAGED_LIMIT;
          case FLUSH, TRIM, CACHE, WRITE_ZEROES -> false;
          case DISCONNECT, UNKNOWN ->
              throw new IllegalStateException("not an operation " + request);
        };
    Buffer buffer = needsBuffer ? bufferFor(intake) : null;
    if (needsBuffer && buffer == null) {
      return null;
    }
    Job job = jobs.take(request);
    job.buffer(buffer);
    return job;
  }

  /// A buffer for the data of the head, with its payload if it has one; null if there is none.
  private Buffer bufferFor(Intake intake) {
    Buffer payload = intake.takePayload();
    if (payload != null) {
      return payload;
    }
    Request request = intake.request();
    int length = (int) bufferBytes(request);
    Buffer buffer =
        length > Output.STAGED_LIMIT ? buffers.takeOrWait(length) : buffers.tryTake(length);
    if (buffer != null && request.command() == Command.WRITE) {
      MemorySegment.copy(
          intake.payload(), intake.payloadAt(), buffer.memory(), Buffer.DATA_AT, length);
    }
    return buffer;
  }

  /// The most bytes of data that a request has, sent or to be sent.
  private long bufferBytes(Request request) {
    return Math.max(answers.dataBytes(request), request.payloadBytes());
  }

  /// Runs a job whose time has come.
  ///
  /// @return false if it has to stay where it is
  private boolean run(Job job) throws ClientGone {
    return switch (answers.attempt(job.request(), job.memory(), Buffer.DATA_AT)) {
      case ANSWERED -> {
        jobs.give(job);
        yield true;
      }
      case NO_ROOM -> false;
      case MUST_WAIT -> handOver(job);
    };
  }

  private boolean handOver(Job job) throws ClientGone {
    Request request = job.request();
    long dataBytes = answers.dataBytes(request);
    if (dataBytes > 0 && job.buffer() == null) {
      job.buffer(buffers.tryTake((int) dataBytes));
      if (job.buffer() == null) { // all are taken: then here
        boolean done = answers.run(request, null, 0);
        if (done) {
          jobs.give(job);
        }
        return done;
      }
    }
    lane.submit(job);
    return true;
  }
}
