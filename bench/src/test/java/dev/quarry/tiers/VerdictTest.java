package dev.quarry.tiers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.shaping.Limits;
import dev.quarry.workload.WorkloadText;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class VerdictTest {
  private final Limits limits = Limits.of(Limits.Profile.Y2026);
  private final TierRunner runner = new TierRunner(limits, Optional.empty());

  @Test
  void severalMeetTheGoal_theCheapestIsTaken() {
    Verdict verdict =
        compare(
            work("p99=20ms", "rw=randread bs=8k rate=2000"),
            "io2:100GiB,iops=3000",
            "gp3:100GiB",
            "gp3:100GiB,iops=6000");
    assertEquals("Take gp3:100GiB ($8.00 a month).", verdict.headline());
  }

  @Test
  void cheaperOneMissesTheGoal_theReasonIsTold() {
    Verdict verdict =
        compare(
            work("p99=20ms", "rw=randread bs=8k rate=4000"), "gp3:100GiB", "gp3:100GiB,iops=5000");
    assertEquals(
        "gp3:100GiB,iops=5000,throughput=125", verdict.tier().orElseThrow().tier().toString());
    assertTrue(
        verdict.reasons().stream()
            .anyMatch(r -> r.startsWith("Not enough: gp3:100GiB ($8.00") && r.contains("IOPS")),
        () -> verdict.reasons().toString());
  }

  @Test
  void noneMeetsTheGoal_isSaid() {
    Verdict verdict = compare(work("p99=2ms", "rw=randread bs=8k rate=9000"), "gp3:100GiB");
    assertTrue(verdict.tier().isEmpty());
    assertTrue(verdict.headline().startsWith("None of 1 is good enough to meet the goal"));
  }

  @Test
  void amountNotMovedInTime_isNotEnough() {
    Work work =
        Works.of(
            WorkloadText.goal("within=30s"),
            Duration.ofHours(1),
            OptionalLong.of(10L << 30),
            "rw=read bs=1m depth=8");
    Verdict verdict = compare(work, "gp3:100GiB", "gp3:100GiB,iops=4000,throughput=500");
    assertEquals(
        "gp3:100GiB,iops=4000,throughput=500", verdict.tier().orElseThrow().tier().toString());
    assertTrue(verdict.reasons().get(1).contains("it took 81.9 s"), verdict.reasons()::toString);
  }

  @Test
  void livingOnCredits_isWarnedOf() {
    Verdict verdict = compare(work("p99=20ms", "rw=randread bs=8k rate=2000"), "gp2:100GiB");
    assertTrue(verdict.reasons().getLast().startsWith("Mind its credits: 98 % were left"));
  }

  @Test
  void creditsThatLast_areNotMentioned() {
    Verdict verdict = compare(work("p99=20ms", "rw=randread bs=8k rate=200"), "gp2:100GiB");
    assertEquals(1, verdict.reasons().size(), verdict.reasons()::toString);
  }

  private static Work work(String goal, String job) {
    return Works.of(WorkloadText.goal(goal), Duration.ofMinutes(1), OptionalLong.empty(), job);
  }

  private Verdict compare(Work work, String... tiers) {
    return new Comparison(
            work,
            Stream.of(tiers)
                .map(text -> runner.virtually(Tier.parse(text, limits), work, _ -> {}))
                .toList(),
            PriceTable.builtIn(),
            Comparison.Mode.VIRTUAL)
        .verdict();
  }
}
