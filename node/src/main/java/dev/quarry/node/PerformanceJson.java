package dev.quarry.node;

import dev.quarry.shaping.BurstBalance;
import dev.quarry.shaping.MetricsSnapshot;
import dev.quarry.shaping.Performance;
import dev.quarry.volume.VolumeStatus;

/// The limits of volumes and what they do within them, as the control API shows them. A limit that
/// a volume does not have is left out.
final class PerformanceJson {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double MIB = 1 << 20;

  private PerformanceJson() {}

  static JsonObject performance(VolumeStatus status) {
    Performance performance = status.throttle().performance();
    JsonObject json = new JsonObject();
    performance.baselineIops().ifPresent(iops -> json.put("baselineIops", iops));
    performance.burstIops().ifPresent(iops -> json.put("burstIops", iops));
    performance.baselineBytesPerSecond().ifPresent(rate -> json.put("baselineMibps", rate / MIB));
    performance.burstBytesPerSecond().ifPresent(rate -> json.put("burstMibps", rate / MIB));
    status.throttle().balance().ifPresent(balance -> put(json, balance, performance));
    status.throttle().secondsLeft().ifPresent(seconds -> json.put("burstSecondsLeft", seconds));
    json.put(
        "lastMinute",
        new JsonObject()
            .put("iops", status.lastMinute().iops())
            .put("mibps", status.lastMinute().mibps()));
    return json;
  }

  private static void put(JsonObject json, BurstBalance balance, Performance performance) {
    json.put("burstBalancePercent", balance.percent());
    json.put("burstCredits", balance.credits());
    json.put("burstCreditCapacity", balance.capacity());
    json.put("burstCreditUnit", performance instanceof Performance.ByteBurst ? "byte" : "io");
  }

  /// Counters since the node started, named as in CloudWatch; times in seconds. How long requests
  /// were held up stands in place of the two `…ExceededCheck`, which only tell whether they were.
  static JsonObject metrics(MetricsSnapshot metrics) {
    return new JsonObject()
        .put("VolumeReadOps", metrics.volumeReadOps())
        .put("VolumeWriteOps", metrics.volumeWriteOps())
        .put("VolumeReadBytes", metrics.volumeReadBytes())
        .put("VolumeWriteBytes", metrics.volumeWriteBytes())
        .put("VolumeTotalReadTime", seconds(metrics.volumeTotalReadNanos()))
        .put("VolumeTotalWriteTime", seconds(metrics.volumeTotalWriteNanos()))
        .put("VolumeIdleTime", seconds(metrics.volumeIdleNanos()))
        .put("VolumeQueueLength", metrics.inFlight())
        .put("VolumeConsumedReadWriteOps", metrics.volumeConsumedReadWriteOps())
        .put("VolumeIOPSExceededTime", seconds(metrics.exceeded().iopsNanos()))
        .put("VolumeThroughputExceededTime", seconds(metrics.exceeded().throughputNanos()));
  }

  private static double seconds(long nanos) {
    return nanos / NANOS_PER_SECOND;
  }
}
