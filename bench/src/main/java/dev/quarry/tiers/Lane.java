package dev.quarry.tiers;

import dev.quarry.block.VolumeException;
import dev.quarry.workload.Requests;
import java.util.OptionalInt;

/// One stream of requests on one connection: the one at the head is admitted, and while it waits no
/// other is.
///
/// The latency of a request begins when it was to be made: of an open load, when it was due; of a
/// closed one, when its turn came because an earlier one was answered.
final class Lane {
  private static final long NEVER = Long.MAX_VALUE;

  /// A thread that wakes late by no more than this makes up for it, as if it had been in time. One
  /// that is always behind cannot: then it is the machine that is measured.
  private static final long MADE_UP_NANOS = 20_000_000;

  private final Requests requests;
  private final TestVolume.Way way;
  private final long serviceNanos;
  private final long startNanos;
  private final long[] turns; // of a closed load, when each slot is free again; in order
  private int firstTurn;
  private long stepNanos; // when the last step was to be
  private boolean waiting; // the head was admitted and waits
  private long wakesNanos;
  private boolean more;

  /// @param depth how many are kept going; empty if they come by themselves
  Lane(
      Requests requests,
      OptionalInt depth,
      TestVolume.Way way,
      long serviceNanos,
      long startNanos) {
    this.requests = requests;
    this.way = way;
    this.serviceNanos = serviceNanos;
    this.startNanos = startNanos;
    this.stepNanos = startNanos;
    this.turns = new long[depth.orElse(0)];
    java.util.Arrays.fill(turns, startNanos);
    this.more = requests.next();
  }

  /// When something happens next.
  long nextNanos() {
    if (!more) {
      return NEVER;
    }
    return Math.max(stepNanos, waiting ? wakesNanos : intendedNanos());
  }

  /// Whether all its requests were made.
  boolean ended() {
    return !more;
  }

  /// Does what is due. What a request takes counts from when its turn was.
  void step(long now, Recorder recorder) throws VolumeException {
    stepNanos = Math.max(nextNanos(), now - MADE_UP_NANOS);
    if (!waiting) {
      long wait = way.admit(requests.kind(), requests.offset(), requests.length());
      if (wait > 0) {
        waiting = true;
        wakesNanos = now + wait;
        recorder.held(now, wakesNanos);
        return;
      }
    }
    waiting = false;
    goAhead(recorder);
  }

  private void goAhead(Recorder recorder) throws VolumeException {
    long intended = intendedNanos();
    long done =
        stepNanos
            + way.perform(requests.kind(), requests.offset(), requests.length(), serviceNanos);
    recorder.done(requests.kind(), requests.length(), done - intended);
    if (turns.length > 0) {
      turns[firstTurn] = done;
      firstTurn = firstTurn + 1 == turns.length ? 0 : firstTurn + 1;
    }
    more = requests.next();
  }

  /// Tells the requests of an open load that were due before `end` and not made: their users have
  /// waited at least until then.
  void abandon(long end, Recorder recorder) {
    if (turns.length > 0) {
      return;
    }
    while (more && intendedNanos() < end) {
      recorder.leftUndone(end - intendedNanos());
      more = requests.next();
    }
  }

  private long intendedNanos() {
    return turns.length > 0 ? turns[firstTurn] : startNanos + requests.dueNanos();
  }
}
