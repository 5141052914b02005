package dev.quarry.shaping;

import dev.quarry.block.IoKind;
import java.util.concurrent.atomic.LongAdder;

/// Counts what a volume does, as CloudWatch counts it for EBS.
///
/// Zeroing counts as the write it stands for, trimming as a write without bytes. A request counts
/// when it has succeeded; its time includes waiting for limits. Counting takes no lock, except that
/// of [LastMinute] once a second, and makes no object.
public final class VolumeMetrics {
  private final TimeSource time;
  private final long originNanos;
  private final Occupancy occupancy = new Occupancy();
  private final LastMinute lastMinute = new LastMinute();
  private final LongAdder readOps = new LongAdder();
  private final LongAdder readBytes = new LongAdder();
  private final LongAdder readNanos = new LongAdder();
  private final LongAdder writeOps = new LongAdder();
  private final LongAdder writeBytes = new LongAdder();
  private final LongAdder writeNanos = new LongAdder();
  private final LongAdder consumedOps = new LongAdder();

  public VolumeMetrics(TimeSource time) {
    this.time = time;
    this.originNanos = time.nanoTime();
  }

  /// A request begins. It must be followed by [#done] or [#failed].
  ///
  /// @return when, to be handed to the one that follows
  public long begin() {
    long now = now();
    occupancy.enter(now);
    return now;
  }

  /// A request has succeeded.
  public void done(IoKind kind, long length, long begunNanos) {
    long now = now();
    occupancy.exit(now);
    if (lastMinute.isDue(now)) {
      lastMinute.note(now, operations(), bytes());
    }
    long unit = IoCost.SOLID_STATE.unitBytes();
    switch (kind) {
      case READ -> {
        count(readOps, readBytes, length);
        readNanos.add(now - begunNanos);
        consumedOps.add((length + unit - 1) / unit);
      }
      case WRITE, ZERO -> {
        count(writeOps, writeBytes, length);
        writeNanos.add(now - begunNanos);
        consumedOps.add((length + unit - 1) / unit);
      }
      case TRIM -> {
        writeOps.increment();
        writeNanos.add(now - begunNanos);
        consumedOps.increment();
      }
    }
  }

  /// A request has failed, or was not carried out after all. It only leaves.
  public void failed() {
    occupancy.exit(now());
  }

  /// A request is to wait for limits before it begins; it counts as being in the volume.
  public void held(IoKind kind, long waitNanos) {
    (kind == IoKind.READ ? readNanos : writeNanos).add(waitNanos);
    occupancy.hold(now() + waitNanos);
  }

  /// What went through of late; the span is 60 to 61 seconds, or less on a young volume.
  public Achieved lastMinute() {
    return lastMinute.achieved(now(), operations(), bytes());
  }

  /// All counters, for an API to report the difference of two.
  ///
  /// @param exceeded from the volume's throttle
  public MetricsSnapshot snapshot(Exceeded exceeded) {
    long now = now();
    return new MetricsSnapshot(
        now,
        readOps.sum(),
        writeOps.sum(),
        readBytes.sum(),
        writeBytes.sum(),
        readNanos.sum(),
        writeNanos.sum(),
        occupancy.idleNanos(now),
        occupancy.count(),
        consumedOps.sum(),
        exceeded);
  }

  private static void count(LongAdder operations, LongAdder bytes, long length) {
    operations.increment();
    bytes.add(length);
  }

  private long operations() {
    return readOps.sum() + writeOps.sum();
  }

  private long bytes() {
    return readBytes.sum() + writeBytes.sum();
  }

  private long now() {
    return time.nanoTime() - originNanos;
  }
}
