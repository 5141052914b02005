package dev.quarry.report;

import dev.quarry.cli.TextTable;
import dev.quarry.tiers.Comparison;
import dev.quarry.tiers.Shown;
import dev.quarry.tiers.TierResult;
import java.util.Locale;

/// A comparison for a terminal.
public final class ComparisonText {
  private ComparisonText() {}

  public static String of(Comparison all) {
    TextTable table =
        new TextTable(
            "TIER",
            "IOPS",
            "MiB/s",
            "p50",
            "p99",
            "p99.9",
            "THROTTLED",
            "BURST",
            "TIME",
            "$/MONTH",
            "$/IOPS",
            "GOAL");
    for (TierResult r : all.results()) {
      table.add(
          r.tier().toString(),
          Shown.digits(r.iops()),
          Shown.digits(r.mibps()),
          Shown.nanos(r.latencies().p50()),
          Shown.nanos(r.latencies().p99()),
          Shown.nanos(r.latencies().p999()),
          Math.round(100 * r.heldShare()) + " %",
          balance(r),
          Shown.seconds(r.seconds()),
          price("%,.2f", all.monthly(r)),
          price("%,.4f", all.perAchievedIops(r)),
          r.meetsGoal() ? "met" : "missed");
    }
    StringBuilder text = new StringBuilder();
    text.append(all.work().name()).append(": ").append(all.work().about()).append("\n\n");
    text.append(table).append('\n');
    text.append(all.verdict().headline()).append('\n');
    all.verdict().reasons().forEach(reason -> text.append("  ").append(reason).append('\n'));
    text.append("\nPrices: ").append(all.prices().origin()).append('\n');
    return text.toString();
  }

  static String balance(TierResult r) {
    return r.lastBalance().isPresent() ? Math.round(r.lastBalance().getAsDouble()) + " %" : "–";
  }

  static String price(String format, double dollars) {
    return dollars < 0 ? "?" : String.format(Locale.ROOT, format, dollars);
  }
}
