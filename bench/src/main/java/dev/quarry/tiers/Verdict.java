package dev.quarry.tiers;

import dev.quarry.workload.Goal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/// Which volume to take, and why: the cheapest that meets the goal.
///
/// @param tier the one to take; empty if none is good enough
/// @param headline in one sentence
/// @param reasons more sentences
public record Verdict(Optional<TierResult> tier, String headline, List<String> reasons) {
  private static final double NOTICED_PERCENT = 1;

  static Verdict of(Comparison all) {
    Optional<TierResult> best =
        all.results().stream()
            .filter(TierResult::meetsGoal)
            .min(
                Comparator.comparingDouble((TierResult r) -> price(all, r))
                    .thenComparing(r -> r.latencies().p99()));
    return best.map(b -> take(all, b)).orElseGet(() -> takeNone(all));
  }

  private static Verdict take(Comparison all, TierResult best) {
    long enough = all.results().stream().filter(TierResult::meetsGoal).count();
    List<String> reasons = new ArrayList<>();
    reasons.add(
        "It is the cheapest of %d of %d that %s: p99 %s, done in %s."
            .formatted(
                enough,
                all.results().size(),
                aim(all),
                Shown.nanos(best.latencies().p99()),
                Shown.seconds(best.seconds())));
    all.results().stream()
        .filter(r -> !r.meetsGoal())
        .forEach(r -> reasons.add("Not enough: " + shortfall(all, r)));
    credits(best).ifPresent(reasons::add);
    return new Verdict(
        Optional.of(best), "Take %s%s.".formatted(best.tier(), costs(all, best)), reasons);
  }

  private static Verdict takeNone(Comparison all) {
    List<String> reasons = new ArrayList<>();
    all.results().forEach(r -> reasons.add(shortfall(all, r)));
    return new Verdict(
        Optional.empty(),
        "None of %d is good enough to %s.".formatted(all.results().size(), aim(all)),
        reasons);
  }

  private static String aim(Comparison all) {
    Goal goal = all.work().goal();
    return goal.p99().isEmpty() && goal.within().isEmpty()
        ? "keep up with the work"
        : "meet the goal (" + goal + ")";
  }

  /// Why a volume is not good enough.
  private static String shortfall(Comparison all, TierResult r) {
    List<String> why = new ArrayList<>();
    if (r.undone() > 0) {
      why.add("%,d requests were left undone".formatted(r.undone()));
    }
    all.work()
        .goal()
        .p99()
        .filter(limit -> r.latencies().p99() > limit.toNanos())
        .ifPresent(_ -> why.add("p99 was " + Shown.nanos(r.latencies().p99())));
    if (!r.completed()) {
      why.add("the work was not done after " + Shown.seconds(r.seconds()));
    } else if (all.work().goal().within().map(t -> r.spanNanos() > t.toNanos()).orElse(false)) {
      why.add("it took " + Shown.seconds(r.seconds()));
    }
    String held =
        r.bottleneck().equals("nothing")
            ? ""
            : "; held up by %s for %d %% of the time"
                .formatted(r.bottleneck(), Math.round(100 * r.heldShare()));
    return "%s%s: %s%s.".formatted(r.tier(), costs(all, r), String.join(", ", why), held);
  }

  /// A warning if a volume lives on credits it does not earn back.
  private static Optional<String> credits(TierResult r) {
    OptionalDouble last = r.lastBalance();
    if (last.isEmpty() || last.getAsDouble() > 100 - NOTICED_PERCENT) {
      return Optional.empty();
    }
    double spent = 100 - last.getAsDouble();
    double secondsLeft = r.seconds() * last.getAsDouble() / spent;
    return Optional.of(
        "Mind its credits: %.0f %% were left at the end. Work that goes on like this empties them"
                .formatted(last.getAsDouble())
            + " in another %s, and then there is only the baseline."
                .formatted(Shown.seconds(secondsLeft)));
  }

  private static String costs(Comparison all, TierResult r) {
    double monthly = all.monthly(r);
    return monthly < 0 ? "" : String.format(Locale.ROOT, " ($%,.2f a month)", monthly);
  }

  private static double price(Comparison all, TierResult r) {
    double monthly = all.monthly(r);
    return monthly < 0 ? Double.MAX_VALUE : monthly;
  }
}
