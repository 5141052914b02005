package dev.quarry.cli;

import dev.quarry.node.JsonObject;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// The limits of a volume as text for people.
final class PerformanceText {
  private PerformanceText() {}

  static void add(TextTable table, JsonObject performance) {
    String baseline = figures(performance, "baseline");
    String burst = figures(performance, "burst");
    table.add("baseline", baseline);
    if (!burst.equals(baseline)) {
      table.add("burst", burst);
    }
    balance(performance).ifPresent(text -> table.add("burst balance", text));
    JsonObject minute = performance.object("lastMinute").orElseGet(JsonObject::new);
    table.add(
        "last minute",
        text(
            "%,.0f IOPS, %,.1f MiB/s",
            minute.decimal("iops").orElse(0.0), minute.decimal("mibps").orElse(0.0)));
  }

  private static String figures(JsonObject performance, String prefix) {
    Optional<Double> iops = performance.decimal(prefix + "Iops");
    Optional<Double> mibps = performance.decimal(prefix + "Mibps");
    if (iops.isEmpty() && mibps.isEmpty()) {
      return "no limit";
    }
    return iops.map(i -> text("%,.0f IOPS", i)).orElse("any IOPS")
        + mibps.map(m -> text(", %,.1f MiB/s", m)).orElse("");
  }

  private static Optional<String> balance(JsonObject performance) {
    return performance
        .decimal("burstBalancePercent")
        .map(percent ->
            text(
                    "%.2f %% (%,d of %,d %s)",
                    percent,
                    performance.number("burstCredits").orElse(0L),
                    performance.number("burstCreditCapacity").orElse(0L),
                    unit(performance))
                + performance.number("burstSecondsLeft").map(PerformanceText::left).orElse(""));
  }

  private static String unit(JsonObject performance) {
    return performance.text("burstCreditUnit").equals(Optional.of("byte"))
        ? "bytes"
        : "I/O credits";
  }

  private static String left(long seconds) {
    Duration left = Duration.ofSeconds(seconds);
    return text(
        ", gone in %d:%02d:%02d at the last minute's rate",
        left.toHours(), left.toMinutesPart(), left.toSecondsPart());
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
