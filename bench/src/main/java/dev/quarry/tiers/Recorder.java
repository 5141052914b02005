package dev.quarry.tiers;

import dev.quarry.block.IoKind;
import dev.quarry.shaping.BurstBalance;
import java.util.List;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/// Counts a run: in all, and in parts of its time.
final class Recorder {
  /// Three digits, from a microsecond to a week.
  private static final int DIGITS = 3;

  private static final long LEAST_NANOS = 1_000;
  private static final long MOST_NANOS = 7 * 86_400_000_000_000L;

  private final Timeline timeline;
  private final Histogram part = histogram();
  private final Histogram all = histogram();
  private long operations;
  private long bytes;
  private long readOperations;
  private long undone;
  private long partOperations;
  private long partBytes;
  private long heldNanos;
  private long partHeldNanos;
  private long heldUntilNanos;

  Recorder(long startNanos) {
    timeline = new Timeline(startNanos);
    heldUntilNanos = startNanos;
  }

  private static Histogram histogram() {
    return new Histogram(LEAST_NANOS, MOST_NANOS, DIGITS);
  }

  /// When the current part ends; [#endPart] is to be called then.
  long partEndNanos() {
    return timeline.partEndNanos();
  }

  void endPart(Optional<BurstBalance> balance) {
    timeline.add(
        new Timeline.Part(
            partOperations,
            partBytes,
            partHeldNanos,
            balance.map(BurstBalance::percent).orElse(-1.0),
            Timeline.packed(part)));
    all.add(part);
    part.reset();
    partOperations = 0;
    partBytes = 0;
    partHeldNanos = 0;
  }

  /// A request is held up by the limits. Times in which several are count once.
  void held(long from, long until) {
    long begin = Math.max(from, heldUntilNanos);
    if (until > begin) {
      heldNanos += until - begin;
      partHeldNanos += until - begin;
      heldUntilNanos = until;
    }
  }

  void done(IoKind kind, int length, long latencyNanos) {
    operations++;
    bytes += length;
    partOperations++;
    partBytes += length;
    if (kind == IoKind.READ) {
      readOperations++;
    }
    part.recordValue(Math.min(latencyNanos, MOST_NANOS));
  }

  void leftUndone(long waitedNanos) {
    undone++;
    all.recordValue(Math.min(waitedNanos, MOST_NANOS));
  }

  long bytes() {
    return bytes;
  }

  Counts counts() {
    return new Counts(operations, bytes, readOperations, undone, heldNanos);
  }

  /// @param operations requests made
  /// @param bytes what they moved
  /// @param readOperations how many of them read
  /// @param undone requests that were due and could not be made in the time there was
  /// @param heldNanos for how long at least one request was held up by the limits
  record Counts(long operations, long bytes, long readOperations, long undone, long heldNanos) {}

  Histogram latencies() {
    return all;
  }

  /// Ends the run in the middle of a part.
  ///
  /// @return the points of all of it
  List<Point> finish(long endNanos, Optional<BurstBalance> balance) {
    if (endNanos > timeline.partStartNanos()) {
      endPart(balance);
    } else {
      all.add(part); // what was answered in the last instant
    }
    return timeline.points(endNanos);
  }
}
