package dev.quarry.shaping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.shaping.Limits.Profile;
import dev.quarry.shaping.SimulatedClient.Timer;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The life of gp2 volumes in virtual time against the table of the EBS User Guide, "General
/// Purpose SSD volumes".
final class LifeOfGp2Test {
  private static final Duration STEP = Duration.ofMillis(250);

  private final Simulation simulation = new Simulation();

  @ParameterizedTest
  @CsvSource({
    // GiB, baseline IOPS, seconds at 3,000 IOPS, seconds to fill
    "1, 100, 1862, 54000",
    "100, 300, 2000, 18000",
    "250, 750, 2400, 7200",
    "334, 1002, 2703, 5389",
    "500, 1500, 3600, 3600",
    "750, 2250, 7200, 2400",
  })
  void volume_fromFullToEmptyToFull_takesThePublishedSeconds(
      int gib, int baseline, long lasts, long fills) {
    Limits limits = Limits.of(Profile.Y2026);
    Throttle throttle =
        Throttle.create(
            limits.performance(limits.check(VolumeRequest.of(VolumeType.GP2, gib))),
            simulation.time());
    SimulatedClient client =
        simulation.client(throttle.flow(), Workloads.random(4096, 8), Timer.exact());
    assertEquals(100.0, percent(throttle));

    long fastUntil = 0;
    long before = 0;
    for (boolean fast = true; fast; before = client.operations()) {
      simulation.runFor(STEP);
      fast = client.operations() - before >= 3_000 * STEP.toMillis() / 1_000;
      fastUntil = fast ? simulation.time().nanoTime() : fastUntil;
    }
    assertEquals(lasts, fastUntil / 1e9, 1.0, "seconds at 3,000 IOPS");
    simulation.runFor(Duration.ofSeconds(1));
    assertTrue(percent(throttle) < 0.001, "empty");

    before = client.operations();
    simulation.runFor(Duration.ofSeconds(100));
    assertEquals(baseline * 100.0, client.operations() - before, baseline, "at baseline");

    simulation.stop(client);
    long idleFrom = simulation.time().nanoTime();
    while (percent(throttle) < 100) {
      simulation.runFor(STEP);
    }
    assertEquals(fills, (simulation.time().nanoTime() - idleFrom) / 1e9, 1.0, "seconds to fill");
  }

  private static double percent(Throttle throttle) {
    return throttle.burstBalance().orElseThrow().percent();
  }
}
