package dev.quarry.tiers;

import java.util.List;

/// The same work on several volumes.
///
/// @param work the work
/// @param results one for each volume, in the order they were asked for
/// @param prices what volumes cost
/// @param mode how time went
public record Comparison(Work work, List<TierResult> results, PriceTable prices, Mode mode) {
  private static final double SECONDS_PER_MONTH = 730 * 3600; // as AWS counts

  public Comparison {
    results = List.copyOf(results);
  }

  /// How time goes.
  public enum Mode {
    /// The limits are real, the clock goes from event to event, there is no data.
    VIRTUAL,
    /// Requests are carried out on a volume of the engine, by the clock of the machine.
    REAL
  }

  /// What a tier costs a month; below 0 if that is not known.
  public double monthly(TierResult result) {
    double requests = result.iops() * SECONDS_PER_MONTH;
    return prices.monthly(result.tier(), requests).orElse(-1);
  }

  /// What an I/O a second that was achieved costs a month; below 0 if that is not known.
  public double perAchievedIops(TierResult result) {
    double monthly = monthly(result);
    return monthly < 0 || result.iops() == 0 ? -1 : monthly / result.iops();
  }

  /// Which of them to take, and why.
  public Verdict verdict() {
    return Verdict.of(this);
  }
}
