package dev.quarry.shaping;

/// How long requests were held up since a throttle was made, by the limit that held them up. EBS
/// tells the same of volumes and of instances (EBS User Guide, "Detailed performance statistics").
///
/// @param iopsNanos for want of I/Os
/// @param throughputNanos for want of throughput
public record Exceeded(long iopsNanos, long throughputNanos) {

  /// All waiting.
  public long totalNanos() {
    return iopsNanos + throughputNanos;
  }
}
