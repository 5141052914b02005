package dev.quarry.report;

import dev.quarry.tiers.Comparison;
import dev.quarry.tiers.Point;
import dev.quarry.tiers.TierResult;
import java.util.Locale;

/// The points of all runs of a comparison, a line each (RFC 4180).
public final class ComparisonCsv {
  private ComparisonCsv() {}

  public static String of(Comparison all) {
    StringBuilder csv = new StringBuilder();
    csv.append(
        "tier,from_s,to_s,iops,mibps,p50_ms,p99_ms,burst_balance_percent,throttled_share\r\n");
    for (TierResult r : all.results()) {
      for (Point p : r.points()) {
        csv.append('"').append(r.tier()).append("\",");
        csv.append(
            String.format(
                Locale.ROOT,
                "%.3f,%.3f,%.3f,%.4f,%.4f,%.4f,%s,%.4f\r\n",
                p.fromSeconds(),
                p.toSeconds(),
                p.iops(),
                p.mibps(),
                p.p50Millis(),
                p.p99Millis(),
                p.balance() < 0 ? "" : String.format(Locale.ROOT, "%.4f", p.balance()),
                p.heldShare()));
      }
    }
    return csv.toString();
  }
}
