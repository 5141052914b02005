package dev.quarry.tiers;

import dev.quarry.block.VolumeException;
import dev.quarry.posix.TimerSlack;
import dev.quarry.shaping.TimeSource;
import dev.quarry.workload.Job;
import dev.quarry.workload.Phase;
import dev.quarry.workload.Requests;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.DoubleConsumer;

/// One run of some work on one volume. It is the same code for virtual and for real time: only the
/// clock differs, and what carrying out a request means.
final class TierRun {
  /// No run goes on for longer, whatever the work: the time of the volume that is too slow.
  private static final long MOST_NANOS = 7 * 86_400_000_000_000L;

  private static final long SEED = 20_260_101;

  private final TestVolume volume;
  private final Work work;
  private final TimeSource time;
  private final long spanBytes;
  private final long serviceNanos;
  private final DoubleConsumer progress;
  private final long startNanos;
  private final Recorder recorder;
  private final List<TestVolume.Way> ways = new ArrayList<>();
  private boolean completed = true;

  /// Connects to a volume. Time begins to count when that is done.
  ///
  /// @param spanBytes requests lie below this
  /// @param serviceNanos how long a request takes that no limit holds up
  /// @param progress is told seconds of the volume's time, now and then
  TierRun(TestVolume volume, Work work, long spanBytes, long serviceNanos, DoubleConsumer progress)
      throws VolumeException {
    this.volume = volume;
    this.work = work;
    this.time = volume.time();
    this.spanBytes = spanBytes;
    this.serviceNanos = serviceNanos;
    this.progress = progress;
    for (int i = 0; i < work.connections(); i++) {
      ways.add(volume.way());
    }
    this.startNanos = time.nanoTime();
    this.recorder = new Recorder(startNanos);
  }

  /// Runs all of the work.
  TierResult run(Tier tier) throws VolumeException {
    TimerSlack.least();
    switch (work) {
      case Work.Described(var workload) -> {
        for (Phase phase : workload.phases()) {
          run(phase);
        }
      }
      case Work.Replayed replayed -> run(replayed);
    }
    long end = time.nanoTime();
    List<Point> points = recorder.finish(end, volume.balance());
    return TierResult.of(
        tier,
        work.goal(),
        end - startNanos,
        recorder.counts(),
        recorder.latencies(),
        volume.metrics(),
        points,
        completed);
  }

  private void run(Phase phase) throws VolumeException {
    long begin = time.nanoTime();
    List<Lane> lanes = new ArrayList<>();
    for (Job job : phase.jobs()) {
      OptionalInt depth = job.depth().map(OptionalInt::of).orElse(OptionalInt.empty());
      Requests requests = job.requests(spanBytes, SEED + lanes.size());
      lanes.add(new Lane(requests, depth, ways.get(lanes.size()), serviceNanos, begin));
    }
    long end = begin + phase.most().toNanos();
    boolean amountMoved = run(lanes, end, phase.amountBytes());
    completed &= amountMoved || phase.amountBytes().isEmpty();
  }

  private void run(Work.Replayed replayed) throws VolumeException {
    try (Requests requests = replayed.trace().requests(spanBytes, replayed.speed())) {
      Lane lane =
          new Lane(requests, replayed.depth(), ways.getFirst(), serviceNanos, time.nanoTime());
      run(List.of(lane), time.nanoTime() + MOST_NANOS, OptionalLong.empty());
      completed &= lane.ended();
    }
  }

  /// @return whether the amount was moved
  private boolean run(List<Lane> lanes, long end, OptionalLong amountBytes) throws VolumeException {
    long until = recorder.bytes() + amountBytes.orElse(Long.MAX_VALUE / 2);
    while (recorder.bytes() < until) {
      Lane next = earliest(lanes);
      long at = Math.min(next.nextNanos(), end);
      if (next.ended()) {
        return false;
      }
      if (recorder.partEndNanos() <= at) {
        goTo(recorder.partEndNanos());
        recorder.endPart(volume.balance());
        progress.accept((time.nanoTime() - startNanos) / 1e9);
        continue;
      }
      if (at == end) {
        break;
      }
      goTo(at);
      next.step(time.nanoTime(), recorder);
    }
    boolean moved = recorder.bytes() >= until;
    if (!moved) {
      goTo(end);
    }
    for (Lane lane : lanes) {
      lane.abandon(time.nanoTime(), recorder);
    }
    return moved;
  }

  private void goTo(long nanos) {
    time.pause(nanos - time.nanoTime());
  }

  private static Lane earliest(List<Lane> lanes) {
    Lane earliest = lanes.getFirst();
    for (Lane lane : lanes) {
      if (lane.nextNanos() < earliest.nextNanos()) {
        earliest = lane;
      }
    }
    return earliest;
  }
}
