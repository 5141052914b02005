package dev.quarry.nbd;

import dev.quarry.block.BlockDevice;
import dev.quarry.posix.Sockets;
import java.lang.foreign.MemorySegment;

/// The second part of a connection: takes requests in batches and answers them.
///
/// One turn answers what workers have finished, runs what limits held back until now, acts on the
/// requests that have arrived, and sends the replies to all of that together. Then it waits: in a
/// plain receive if only the client can bring work, else in a poll.
final class Transmission implements AutoCloseable {
  private static final int SOCKET = 0;
  private static final int WAKER = 1;

  /// While requests wait for their limits, new ones are not listened for but looked at with the
  /// next that are due: they could not overtake, and the wake-up would be for nothing. If that is
  /// longer, it is better to know whether the client is still there.
  private static final long DEAF_NANOS = 10_000_000;

  private final ClientStream stream;
  private final Waker waker;
  private final Buffers buffers;
  private final Jobs jobs;
  private final Lane lane;
  private final Intake intake;
  private final Output output;
  private final Dispatcher dispatcher;
  private final Counters counters;
  private final Pace pace = new Pace();
  private final Poller poller = new Poller(2);
  private long receivedBytes;
  private boolean inputEnded; // the stream of the client
  private boolean disconnected; // the client said that it sends no more
  private volatile boolean abandoned;

  /// @param waker wakes the thread that runs this; stays the caller's to close, after this
  Transmission(
      ClientStream stream,
      Input input,
      MemorySegment staging,
      Session session,
      Workers workers,
      BufferPool pool,
      Waker waker,
      Counters counters,
      FailureLog failures) {
    this.stream = stream;
    this.waker = waker;
    this.counters = counters;
    buffers = new Buffers(pool, waker);
    jobs = new Jobs(buffers);
    BlockDevice device = session.attachment().device();
    ReplyFormat format = new ReplyFormat(session.style());
    BlockStatus status = new BlockStatus(format, session.contexts());
    lane = new Lane(workers, new Errand(device.admitted(), format, status), waker);
    RequestRules rules = new RequestRules(device, session.style(), session.contexts().size());
    intake = new Intake(input, session.style(), rules, buffers);
    output = new Output(stream, staging, jobs::give);
    Answers answers = new Answers(device.admitted(), format, status, output, counters, failures);
    dispatcher = new Dispatcher(device, answers, buffers, jobs, lane);
  }

  /// Serves the client until it disconnects or its stream ends, and then until every request of it
  /// that arrived whole is answered.
  void run() throws ClientGone, ProtocolBreach {
    while (!abandoned) {
      boolean starved = turn();
      counters.publish(jobs.used());
      if (starved && (inputEnded || disconnected) && dispatcher.idle() && !output.pending()) {
        return;
      }
      await();
    }
  }

  /// Makes [#run] return soon, whatever is left to do. Any thread may call it.
  void abandon() {
    abandoned = true;
    waker.wake();
  }

  /// Lets the requests end that workers carry out, and gives all memory back.
  @Override
  public void close() {
    dispatcher.close();
    output.close();
    intake.close();
    buffers.leave();
    poller.close();
    assert jobs.used() == 0;
  }

  /// Does all that can be done now.
  ///
  /// @return whether every request was acted on that has arrived whole
  private boolean turn() throws ClientGone, ProtocolBreach {
    boolean starved;
    do {
      dispatcher.answerFinished();
      dispatcher.runDue();
      starved = actOnRequests();
    } while (output.relieve());
    return starved;
  }

  private boolean actOnRequests() throws ClientGone, ProtocolBreach {
    while (true) {
      switch (intake.next()) {
        case NEEDS_INPUT -> {
          return true;
        }
        case DISCONNECT -> {
          disconnected = true;
          return true;
        }
        case NEEDS_BUFFER -> {
          return false;
        }
        case READY -> {
          if (!dispatcher.act(intake)) {
            return false;
          }
          intake.release();
        }
      }
    }
  }

  private void await() throws ClientGone {
    long room = inputEnded || disconnected ? 0 : intake.room();
    boolean pending = output.pending();
    boolean holding = intake.holdsBuffer() || output.holdsBuffer();
    if (dispatcher.idle() && !pending && !holding) {
      received(stream.receive(intake.address(), room));
      return;
    }
    checkPace(holding);
    if (room > 0 && stream.readable()) {
      received(stream.receiveNow(intake.address(), room));
      return;
    }
    if (!waker.arm()) {
      return;
    }
    long wake = pending ? -1 : dispatcher.untilWake();
    boolean deaf = dispatcher.holdsBack() && wake >= 0 && wake <= DEAF_NANOS;
    poller.watch(
        SOCKET,
        stream.descriptor(),
        (room > 0 && !deaf ? Sockets.POLLIN : 0) | (pending ? Sockets.POLLOUT : 0));
    poller.watch(WAKER, waker.descriptor(), Sockets.POLLIN);
    poller.await(wake < 0 && holding ? Pace.WINDOW_NANOS : wake);
    waker.disarm();
    if (room > 0 && (deaf || poller.readable(SOCKET))) {
      received(stream.receiveNow(intake.address(), room));
    }
  }

  /// @param holding whether buffers are held that only the client can free
  private void checkPace(boolean holding) throws ClientGone {
    long progress = receivedBytes + output.sentBytes();
    if (!pace.keptUp(holding && buffers.contended(), progress, System.nanoTime())) {
      throw new ClientGone("client is too slow for the memory that it holds");
    }
  }

  private void received(long count) {
    if (count == 0) {
      inputEnded = true;
    } else if (count != ClientStream.NOTHING) {
      intake.received(count);
      receivedBytes += count;
    }
  }
}
