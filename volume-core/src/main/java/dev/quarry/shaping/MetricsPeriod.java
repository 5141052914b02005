package dev.quarry.shaping;

/// What CloudWatch reports of a volume for a period, usually a minute (EBS User Guide, "CloudWatch
/// metrics for Amazon EBS").
///
/// @param from the counters at its beginning
/// @param to the counters at its end, later than `from`
public record MetricsPeriod(MetricsSnapshot from, MetricsSnapshot to) {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double NANOS_PER_SECOND = 1e9;

  public MetricsPeriod {
    if (to.atNanos() <= from.atNanos()) {
      throw new IllegalArgumentException("period is empty nanos=" + to.atNanos());
    }
  }

  public long volumeReadOps() {
    return to.volumeReadOps() - from.volumeReadOps();
  }

  public long volumeWriteOps() {
    return to.volumeWriteOps() - from.volumeWriteOps();
  }

  public long volumeReadBytes() {
    return to.volumeReadBytes() - from.volumeReadBytes();
  }

  public long volumeWriteBytes() {
    return to.volumeWriteBytes() - from.volumeWriteBytes();
  }

  /// Seconds.
  public double volumeTotalReadTime() {
    return (to.volumeTotalReadNanos() - from.volumeTotalReadNanos()) / NANOS_PER_SECOND;
  }

  /// Seconds.
  public double volumeTotalWriteTime() {
    return (to.volumeTotalWriteNanos() - from.volumeTotalWriteNanos()) / NANOS_PER_SECOND;
  }

  /// Seconds.
  public double volumeIdleTime() {
    return (to.volumeIdleNanos() - from.volumeIdleNanos()) / NANOS_PER_SECOND;
  }

  /// Requests waiting and in flight, on average: by Little's law the time of all requests over the
  /// time that passed.
  public double volumeQueueLength() {
    return (volumeTotalReadTime() + volumeTotalWriteTime()) / seconds();
  }

  public long volumeConsumedReadWriteOps() {
    return to.volumeConsumedReadWriteOps() - from.volumeConsumedReadWriteOps();
  }

  /// Percent of the provisioned IOPS that were used (io1, io2).
  public double volumeThroughputPercentage(long provisionedIops) {
    return 100.0 * volumeConsumedReadWriteOps() / (provisionedIops * seconds());
  }

  /// Milliseconds; 0 if nothing was read.
  public double volumeAvgReadLatency() {
    return latency(to.volumeTotalReadNanos() - from.volumeTotalReadNanos(), volumeReadOps());
  }

  /// Milliseconds; 0 if nothing was written.
  public double volumeAvgWriteLatency() {
    return latency(to.volumeTotalWriteNanos() - from.volumeTotalWriteNanos(), volumeWriteOps());
  }

  /// Requests a second.
  public double volumeAvgIops() {
    return (volumeReadOps() + volumeWriteOps()) / seconds();
  }

  /// KiB a second.
  public double volumeAvgThroughput() {
    return (volumeReadBytes() + volumeWriteBytes()) / 1024.0 / seconds();
  }

  /// Whether more I/Os were asked for than the volume has.
  public boolean volumeIopsExceededCheck() {
    return to.exceeded().iopsNanos() > from.exceeded().iopsNanos();
  }

  /// Whether more throughput was asked for than the volume has.
  public boolean volumeThroughputExceededCheck() {
    return to.exceeded().throughputNanos() > from.exceeded().throughputNanos();
  }

  /// Whether requests were there at both ends of the period and none came to its end.
  public boolean volumeStalledIoCheck() {
    return from.inFlight() > 0 && to.inFlight() > 0 && volumeReadOps() + volumeWriteOps() == 0;
  }

  private double seconds() {
    return (to.atNanos() - from.atNanos()) / NANOS_PER_SECOND;
  }

  private static double latency(long nanos, long operations) {
    return operations == 0 ? 0 : nanos / NANOS_PER_MILLI / operations;
  }
}
