package dev.quarry.tiers;

import dev.quarry.shaping.MetricsSnapshot;
import dev.quarry.workload.Goal;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import org.HdrHistogram.Histogram;

/// How some work went on one volume.
///
/// @param tier the volume
/// @param spanNanos from the first request that could be made to the end
/// @param operations requests made
/// @param bytes what they moved
/// @param undone requests that were due in their time and could not be made
/// @param heldNanos for how long at least one request was held up by the limits
/// @param heldForIops the sum of all waits for want of IOPS, in nanoseconds
/// @param heldForThroughput the same for want of throughput
/// @param latencies of all requests, and for those undone the least it would have been
/// @param metrics the volume's own counters, for what is above
/// @param points the run in parts
/// @param completed whether all there was to do was done
/// @param meetsGoal whether the volume is good enough
public record TierResult(
    Tier tier,
    long spanNanos,
    long operations,
    long bytes,
    long undone,
    long heldNanos,
    long heldForIops,
    long heldForThroughput,
    Latencies latencies,
    MetricsSnapshot metrics,
    List<Point> points,
    boolean completed,
    boolean meetsGoal) {
  private static final double NANOS_PER_SECOND = 1e9;

  /// More requests left undone than this share, and a volume does not keep up.
  private static final double UNDONE_SHARE = 0.001;

  public TierResult {
    points = List.copyOf(points);
  }

  static TierResult of(
      Tier tier,
      Goal goal,
      long spanNanos,
      Recorder.Counts counts,
      Histogram histogram,
      MetricsSnapshot metrics,
      List<Point> points,
      boolean completed) {
    Latencies latencies = Latencies.of(histogram);
    boolean kept =
        counts.undone() <= UNDONE_SHARE * (counts.operations() + counts.undone()) && completed;
    boolean quick = goal.p99().map(Duration::toNanos).map(n -> latencies.p99() <= n).orElse(true);
    boolean timely = goal.within().map(Duration::toNanos).map(n -> spanNanos <= n).orElse(true);
    return new TierResult(
        tier,
        Math.max(1, spanNanos),
        counts.operations(),
        counts.bytes(),
        counts.undone(),
        counts.heldNanos(),
        metrics.exceeded().iopsNanos(),
        metrics.exceeded().throughputNanos(),
        latencies,
        metrics,
        points,
        completed,
        kept && quick && timely);
  }

  /// Requests a second.
  public double iops() {
    return operations / seconds();
  }

  /// MiB a second.
  public double mibps() {
    return bytes / seconds() / (1 << 20);
  }

  public double seconds() {
    return spanNanos / NANOS_PER_SECOND;
  }

  /// For which share of the time at least one request was held up by the limits.
  public double heldShare() {
    return Math.min(1, heldNanos / (double) spanNanos);
  }

  /// The credits at the end, in percent; empty if the type has none.
  public OptionalDouble lastBalance() {
    return points.isEmpty() || points.getLast().balance() < 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(points.getLast().balance());
  }

  /// The least credits, in percent; empty if the type has none.
  public OptionalDouble leastBalance() {
    return points.stream().mapToDouble(Point::balance).filter(b -> b >= 0).min();
  }

  /// What held requests up for most of the time: `IOPS`, `throughput`, or `nothing`.
  public String bottleneck() {
    if (heldForIops == 0 && heldForThroughput == 0) {
      return "nothing";
    }
    return heldForIops >= heldForThroughput ? "IOPS" : "throughput";
  }
}
