package dev.quarry.tiers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.shaping.Limits;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Results in virtual time against the formulas of the EBS User Guide, within 1 %.
final class TierFormulasTest {
  private static final double ONE_PERCENT = 0.01;
  private static final double MIB_PER_TIB = 1 << 20;

  private final Limits limits = Limits.of(Limits.Profile.Y2026);
  private final TierRunner runner = new TierRunner(limits, Optional.of(Duration.ofNanos(100_000)));

  @ParameterizedTest
  @CsvSource({
    // tier, job, IOPS, MiB/s: whichever is the limit follows from the other
    "'gp3:100GiB', 'rw=randread bs=4k depth=32', 3000, 11.72",
    "'gp3:100GiB', 'rw=randread bs=4k depth=1', 3000, 11.72",
    "'gp3:100GiB', 'rw=randrw bs=256k depth=16', 500, 125",
    "'gp3:100GiB,iops=6000,throughput=250', 'rw=randwrite bs=4k depth=32', 6000, 23.44",
    "'gp3:100GiB,iops=6000,throughput=250', 'rw=read bs=128k depth=8', 2000, 250",
    "'io1:100GiB,iops=5000', 'rw=randread bs=16k depth=64', 5000, 78.13",
    "'io1:100GiB,iops=1000', 'rw=randread bs=512k depth=64', 500, 250",
    "'io2:100GiB,iops=20000', 'rw=randread bs=16k depth=64', 20000, 312.5",
    "'io2:100GiB,iops=2000', 'rw=read bs=1m depth=16', 500, 500",
    "'gp2:1TiB', 'rw=randread bs=4k depth=32', 3072, 12",
    "'standard:100GiB', 'rw=randread bs=4k depth=8', 100, 0.39",
  })
  void steadyTier_underLoad_givesWhatTheFormulaSays(
      String tier, String job, double iops, double mibps) {
    TierResult result = run(tier, job, Duration.ofMinutes(2));
    assertEquals(iops, result.iops(), ONE_PERCENT * iops, "IOPS");
    assertEquals(mibps, result.mibps(), ONE_PERCENT * mibps, "MiB/s");
    assertEquals(
        result.operations(),
        result.metrics().volumeReadOps() + result.metrics().volumeWriteOps(),
        "the volume's own counters");
    assertTrue(result.heldShare() > 0.65, "held up most of the time");
  }

  @ParameterizedTest
  @CsvSource({"1, 100", "100, 300", "250, 750", "500, 1500"})
  void gp2_underLoad_burstsAsLongAsTheFormulaSays(int gib, int baseline) {
    double burstSeconds = 5_400_000.0 / (3_000 - baseline);
    double seconds = burstSeconds + 600;
    TierResult result =
        run(
            "gp2:" + gib + "GiB",
            "rw=randread bs=4k depth=32",
            Duration.ofMillis((long) (seconds * 1000)));
    double expected = 3_000 * burstSeconds + baseline * 600;
    assertEquals(expected, result.operations(), ONE_PERCENT * expected, "requests");
    assertEquals(
        burstSeconds, fastUntil(result, 3_000, baseline), ONE_PERCENT * burstSeconds, "burst");
    assertEquals(0, result.lastBalance().orElseThrow(), 0.1);
  }

  @ParameterizedTest
  @CsvSource({
    // tier, TiB, base and burst MiB/s
    "st1:512GiB, 0.5, 20, 125",
    "st1:1TiB, 1, 40, 250",
    "st1:4TiB, 4, 160, 500",
    "sc1:1TiB, 1, 12, 80",
    "sc1:4TiB, 4, 48, 250",
  })
  void hardDisk_scanned_burstsAsLongAsTheFormulaSays(
      String tier, double tib, double base, double burst) {
    double burstSeconds = tib * MIB_PER_TIB / (burst - base);
    double seconds = burstSeconds * 1.5;
    TierResult result =
        run(tier, "rw=read bs=1m depth=4", Duration.ofMillis((long) (seconds * 1000)));
    double expected = burst * burstSeconds + base * burstSeconds / 2;
    double mib = result.bytes() / (double) (1 << 20);
    assertEquals(expected, mib, ONE_PERCENT * expected, "MiB");
    double until = 0;
    for (Point point : result.points()) {
      until = point.mibps() > (base + burst) / 2 ? point.toSeconds() : until;
    }
    assertEquals(burstSeconds, until, ONE_PERCENT * burstSeconds, "burst");
  }

  @Test
  void hardDisk_randomSmallReads_areHeldToWholeUnits() {
    TierResult result = run("st1:1TiB", "rw=randread bs=16k depth=8", Duration.ofMinutes(2));
    assertEquals(250, result.iops(), 2.5); // each pays for 1 MiB of 250 a second
  }

  @Test
  void openLoad_beyondTheLimit_isTimedFromWhenItWasDue() {
    TierResult result = run("gp3:100GiB", "rw=randread bs=4k rate=6000", Duration.ofSeconds(60));
    assertEquals(180_000, result.operations(), 1_800);
    assertEquals(180_000, result.undone(), 1_800);
    // the queue grows by half a second each second, so requests have waited up to 30 s at the end
    assertTrue(result.latencies().max() > 29e9 && result.latencies().max() < 31e9);
    assertTrue(result.latencies().p50() > 10e9, "half were due long before they were made");
    assertTrue(!result.meetsGoal());
  }

  private TierResult run(String tier, String job, Duration most) {
    return runner.virtually(Tier.parse(tier, limits), Works.of(job, most), _ -> {});
  }

  private static double fastUntil(TierResult result, double burst, double baseline) {
    double until = 0;
    for (Point point : result.points()) {
      until = point.iops() > (burst + baseline) / 2 ? point.toSeconds() : until;
    }
    return until;
  }
}
