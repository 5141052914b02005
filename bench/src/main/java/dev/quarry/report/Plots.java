package dev.quarry.report;

import dev.quarry.report.Plot.Layout;
import dev.quarry.report.Plot.Series;
import dev.quarry.report.Plot.Spot;
import dev.quarry.tiers.Comparison;
import dev.quarry.tiers.Point;
import dev.quarry.tiers.Shown;
import dev.quarry.tiers.TierResult;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/// The plots of a comparison.
final class Plots {
  /// How many the style sheet has; further ones look like the first.
  static final int STYLES = 8;

  /// Times as long as the slowest that is good enough.
  private static final double SHOWN_BEYOND = 2;

  private static final int STEPS = 5;
  private static final double NANOS_PER_MILLI = 1e6;

  private final Comparison all;
  private final double seconds;

  Plots(Comparison all) {
    this.all = all;
    this.seconds = end(all);
  }

  /// Where the plots end: with the slowest, unless that took so much longer than all that are good
  /// enough that these could not be told from each other.
  private static double end(Comparison all) {
    double slowest = all.results().stream().mapToDouble(TierResult::seconds).max().orElse(1);
    return all.results().stream()
        .filter(TierResult::meetsGoal)
        .mapToDouble(TierResult::seconds)
        .max()
        .stream()
        .map(seconds -> Math.min(slowest, SHOWN_BEYOND * seconds))
        .findFirst()
        .orElse(slowest);
  }

  /// Tells that there is more than is shown, if so.
  private String note(String note) {
    boolean more = all.results().stream().anyMatch(r -> r.seconds() > seconds * 1.001);
    return more ? note + " Slower volumes went on beyond the right edge." : note;
  }

  List<Plot> all() {
    List<Plot> plots = new ArrayList<>();
    plots.add(counted("iops", "I/O operations a second", "Requests that went ahead.", Point::iops));
    plots.add(
        counted(
            "throughput", "Throughput in MiB a second", "Bytes that went ahead.", Point::mibps));
    plots.add(latency());
    List<Series> balances =
        series(Point::balance, p -> p.balance() >= 0, b -> Math.round(b) + " %");
    if (!balances.isEmpty()) {
      plots.add(
          new Plot(
              "balance",
              "Burst balance",
              "What is left of the credits; types that are not here have none.",
              Axis.Even.percent(),
              balances,
              seconds,
              Layout.TOGETHER));
    }
    plots.add(
        new Plot(
            "throttled",
            "Time throttled",
            "In which share of the time at least one request was held up by the volume's limits: a"
                + " full band is all of it.",
            Axis.Even.percent(),
            series(p -> 100 * p.heldShare(), _ -> true, s -> Math.round(s) + " %"),
            seconds,
            Layout.ROWS));
    return plots;
  }

  private Plot counted(String id, String title, String note, ToDoubleFunction<Point> quantity) {
    List<Series> series = series(quantity, _ -> true, Shown::digits);
    double most =
        series.stream()
            .flatMap(s -> s.points().stream())
            .mapToDouble(Spot::quantity)
            .max()
            .orElse(1);
    return new Plot(
        id, title, note(note), Axis.Even.upTo(most, STEPS), series, seconds, Layout.TOGETHER);
  }

  private Plot latency() {
    List<Series> series =
        series(Point::p99Millis, p -> p.p99Millis() > 0, p -> Shown.nanos(p * NANOS_PER_MILLI));
    double least = extreme(series, false);
    double most = extreme(series, true);
    return new Plot(
        "latency",
        "Latency, 99th percentile",
        "99 of 100 requests were answered within this time, waits included. Each line of the grid"
            + " is ten times the one below.",
        Axis.Powers.between(least, most),
        series,
        seconds,
        Layout.TOGETHER);
  }

  private static double extreme(List<Series> series, boolean most) {
    var quantities = series.stream().flatMap(s -> s.points().stream()).mapToDouble(Spot::quantity);
    return (most ? quantities.max() : quantities.min()).orElse(1);
  }

  private List<Series> series(
      ToDoubleFunction<Point> quantity, Predicate<Point> there, DoubleFunction<String> shown) {
    List<Series> series = new ArrayList<>();
    for (int i = 0; i < all.results().size(); i++) {
      TierResult r = all.results().get(i);
      List<Spot> spots =
          r.points().stream()
              .filter(there)
              .filter(p -> p.fromSeconds() < seconds)
              .map(p -> new Spot((p.fromSeconds() + p.toSeconds()) / 2, quantity.applyAsDouble(p)))
              .toList();
      if (!spots.isEmpty()) {
        series.add(new Series(r.tier().toString(), i % STYLES, spots, summary(spots, shown)));
      }
    }
    return series;
  }

  private static String summary(List<Spot> spots, DoubleFunction<String> shown) {
    var statistics = spots.stream().mapToDouble(Spot::quantity).summaryStatistics();
    return "from %s to %s, at the end %s."
        .formatted(
            shown.apply(statistics.getMin()),
            shown.apply(statistics.getMax()),
            shown.apply(spots.getLast().quantity()));
  }
}
