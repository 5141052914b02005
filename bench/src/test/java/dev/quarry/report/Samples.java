package dev.quarry.report;

import dev.quarry.shaping.Limits;
import dev.quarry.tiers.Comparison;
import dev.quarry.tiers.PriceTable;
import dev.quarry.tiers.Tier;
import dev.quarry.tiers.TierRunner;
import dev.quarry.tiers.Work;
import dev.quarry.workload.WorkloadText;
import java.util.List;
import java.util.Optional;

/// A comparison whose lines are far from each other.
final class Samples {
  static final List<String> TIERS =
      List.of(
          "gp2:10GiB",
          "gp3:100GiB",
          "gp3:100GiB,iops=6000,throughput=500",
          "io2:100GiB,iops=800",
          "st1:1TiB",
          "sc1:1TiB");

  private Samples() {}

  static Comparison comparison(String name) {
    Limits limits = Limits.of(Limits.Profile.Y2026);
    TierRunner runner = new TierRunner(limits, Optional.empty());
    Work work =
        new Work.Described(
            WorkloadText.parse(
                """
                workload %s A sample for tests.
                goal p99=50ms
                phase quiet 20s
                  job rw=randrw reads=70 bs=32k rate=50 arrivals=poisson
                phase busy 60s
                  job rw=randrw reads=70 bs=32k depth=32
                """
                    .formatted(name)));
    return new Comparison(
        work,
        TIERS.stream()
            .map(text -> runner.virtually(Tier.parse(text, limits), work, _ -> {}))
            .toList(),
        PriceTable.builtIn(),
        Comparison.Mode.VIRTUAL);
  }
}
