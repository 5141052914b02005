package dev.quarry.shaping;

/// The counters of a volume at one time, since its metrics began. Named as in CloudWatch (EBS User
/// Guide, "CloudWatch metrics for Amazon EBS"), in smaller units.
///
/// @param atNanos when, since the metrics began
/// @param volumeTotalReadNanos sum over all reads, each from its admission to its end
/// @param volumeTotalWriteNanos the same of writes
/// @param volumeIdleNanos time without any request
/// @param inFlight requests in the volume at this time
/// @param volumeConsumedReadWriteOps requests in units of 256 KiB
/// @param exceeded how long requests were held up by the volume's limits
public record MetricsSnapshot(
    long atNanos,
    long volumeReadOps,
    long volumeWriteOps,
    long volumeReadBytes,
    long volumeWriteBytes,
    long volumeTotalReadNanos,
    long volumeTotalWriteNanos,
    long volumeIdleNanos,
    long inFlight,
    long volumeConsumedReadWriteOps,
    Exceeded exceeded) {

  /// What happened between an earlier snapshot and this one.
  public MetricsPeriod since(MetricsSnapshot earlier) {
    return new MetricsPeriod(earlier, this);
  }
}
