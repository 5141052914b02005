package dev.quarry.report;

import dev.quarry.node.JsonObject;
import dev.quarry.tiers.Comparison;
import dev.quarry.tiers.Latencies;
import dev.quarry.tiers.Point;
import dev.quarry.tiers.TierResult;
import java.util.Locale;

/// A comparison for programs. Names end in their units; what is not known is absent.
public final class ComparisonJson {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MILLI = 1e6;

  private ComparisonJson() {}

  /// @param command how to do it again
  public static JsonObject of(Comparison all, String command) {
    JsonObject verdict =
        new JsonObject()
            .put("headline", all.verdict().headline())
            .put("reasons", all.verdict().reasons());
    all.verdict().tier().ifPresent(r -> verdict.put("tier", r.tier().toString()));
    return new JsonObject()
        .put("command", command)
        .put("workload", all.work().name())
        .put("about", all.work().about())
        .put("goal", all.work().goal().toString())
        .put("mode", all.mode().name().toLowerCase(Locale.ROOT))
        .put("prices", all.prices().origin())
        .put("recommendation", verdict)
        .put("tiers", all.results().stream().map(r -> tier(all, r)).toList());
  }

  private static JsonObject tier(Comparison all, TierResult r) {
    JsonObject tier =
        new JsonObject()
            .put("tier", r.tier().toString())
            .put("meetsGoal", r.meetsGoal())
            .put("completed", r.completed())
            .put("seconds", r.seconds())
            .put("requests", r.operations())
            .put("bytes", r.bytes())
            .put("undone", r.undone())
            .put("iops", r.iops())
            .put("mibps", r.mibps())
            .put("throttledSeconds", r.heldNanos() / NANOS_PER_SECOND)
            .put("heldForIopsSeconds", r.heldForIops() / NANOS_PER_SECOND)
            .put("heldForThroughputSeconds", r.heldForThroughput() / NANOS_PER_SECOND)
            .put("latencyMillis", latencies(r.latencies()));
    r.lastBalance().ifPresent(b -> tier.put("burstBalancePercent", b));
    r.leastBalance().ifPresent(b -> tier.put("leastBurstBalancePercent", b));
    if (all.monthly(r) >= 0) {
      tier.put("dollarsPerMonth", all.monthly(r));
    }
    if (all.perAchievedIops(r) >= 0) {
      tier.put("dollarsPerAchievedIops", all.perAchievedIops(r));
    }
    return tier.put("series", r.points().stream().map(ComparisonJson::point).toList());
  }

  /// Latencies in milliseconds.
  public static JsonObject latencies(Latencies l) {
    return new JsonObject()
        .put("mean", l.mean() / NANOS_PER_MILLI)
        .put("p50", l.p50() / NANOS_PER_MILLI)
        .put("p90", l.p90() / NANOS_PER_MILLI)
        .put("p99", l.p99() / NANOS_PER_MILLI)
        .put("p99_9", l.p999() / NANOS_PER_MILLI)
        .put("p99_99", l.p9999() / NANOS_PER_MILLI)
        .put("max", l.max() / NANOS_PER_MILLI);
  }

  private static JsonObject point(Point p) {
    JsonObject point =
        new JsonObject()
            .put("fromSeconds", p.fromSeconds())
            .put("toSeconds", p.toSeconds())
            .put("iops", p.iops())
            .put("mibps", p.mibps())
            .put("p50Millis", p.p50Millis())
            .put("p99Millis", p.p99Millis())
            .put("throttledShare", p.heldShare());
    if (p.balance() >= 0) {
      point.put("burstBalancePercent", p.balance());
    }
    return point;
  }
}
