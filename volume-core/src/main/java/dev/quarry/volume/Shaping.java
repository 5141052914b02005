package dev.quarry.volume;

import dev.quarry.block.BlockDevice;
import dev.quarry.shaping.InstanceLimit;
import dev.quarry.shaping.Limits;
import dev.quarry.shaping.SavedCredits;
import dev.quarry.shaping.Throttle;
import dev.quarry.shaping.VolumeMetrics;
import dev.quarry.shaping.VolumeSpec;
import java.time.Duration;
import java.util.Optional;

/// The limits of one volume and what it does within them, while the node runs: across attachments,
/// and while nobody is attached and credits come back.
///
/// Safe for use by many threads, [#reshape] and [#save] by one at a time.
final class Shaping {
  private final Limits limits;
  private final Host host;
  private final Throttle throttle;
  private final VolumeMetrics metrics;
  private long savedMark; // guarded by the caller of save

  private Shaping(Limits limits, Host host, Throttle throttle) {
    this.limits = limits;
    this.host = host;
    this.throttle = throttle;
    this.metrics = new VolumeMetrics(host.time());
  }

  /// The limits of a volume, with the credits that its record leaves it.
  static Shaping of(VolumeRecord record, Limits limits, Host host) {
    var performance = limits.performance(record.spec());
    Throttle throttle =
        record
            .credits()
            .map(saved -> Throttle.resume(performance, saved, host.moment(), host.time()))
            .orElseGet(() -> Throttle.create(performance, host.time()));
    return new Shaping(limits, host, throttle);
  }

  /// What one attachment sees of the volume's data.
  BlockDevice inFrontOf(BlockDevice data, Optional<InstanceLimit> instance) {
    Throttle.Flow flow = instance.map(throttle::flow).orElseGet(throttle::flow);
    return new MeteredDevice(new ThrottledDevice(data, flow, host.time()), metrics);
  }

  /// Holds the volume to other figures from now on.
  void reshape(VolumeSpec spec) {
    throttle.reshape(limits.performance(spec));
  }

  /// What is left of the credits, to be kept in the record.
  ///
  /// @param ahead until when they have to last
  Optional<SavedCredits> save(Duration ahead) {
    savedMark = throttle.creditsMark();
    return throttle.save(host.moment(), ahead);
  }

  /// Whether credits were spent since they were saved.
  boolean spentSinceSave() {
    return throttle.creditsMark() != savedMark;
  }

  VolumeStatus status() {
    var lastMinute = metrics.lastMinute();
    return new VolumeStatus(
        throttle.status(lastMinute), lastMinute, metrics.snapshot(throttle.exceeded()));
  }
}
