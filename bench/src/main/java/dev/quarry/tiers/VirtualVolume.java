package dev.quarry.tiers;

import dev.quarry.block.IoKind;
import dev.quarry.shaping.BurstBalance;
import dev.quarry.shaping.ManualTime;
import dev.quarry.shaping.MetricsSnapshot;
import dev.quarry.shaping.Performance;
import dev.quarry.shaping.Throttle;
import dev.quarry.shaping.TimeSource;
import dev.quarry.shaping.VolumeMetrics;
import java.util.Optional;

/// A volume without data in a time of its own: the limits and the counters are the real ones.
final class VirtualVolume implements TestVolume {
  private final ManualTime time = new ManualTime(0);
  private final Throttle throttle;
  private final VolumeMetrics metrics = new VolumeMetrics(time);

  VirtualVolume(Performance performance) {
    throttle = Throttle.create(performance, time);
  }

  @Override
  public TimeSource time() {
    return time;
  }

  @Override
  public Way way() {
    return new VirtualWay(throttle.flow());
  }

  @Override
  public Optional<BurstBalance> balance() {
    return throttle.burstBalance();
  }

  @Override
  public MetricsSnapshot metrics() {
    return metrics.snapshot(throttle.exceeded());
  }

  @Override
  public void close() {}

  private final class VirtualWay implements Way {
    private final Throttle.Flow flow;

    VirtualWay(Throttle.Flow flow) {
      this.flow = flow;
    }

    @Override
    public long admit(IoKind kind, long offset, int length) {
      long wait = flow.admit(kind, offset, length);
      if (wait > 0) {
        metrics.held(kind, wait);
      }
      return wait;
    }

    /// It begins and ends in one instant; its time is counted as if it had been held so long.
    @Override
    public long perform(IoKind kind, long offset, int length, long serviceNanos) {
      metrics.held(kind, serviceNanos);
      metrics.done(kind, length, metrics.begin());
      return serviceNanos;
    }
  }
}
