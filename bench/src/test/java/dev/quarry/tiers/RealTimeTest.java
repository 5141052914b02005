package dev.quarry.tiers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.shaping.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The same work in virtual time and on a volume of the engine: within 3 %.
final class RealTimeTest {
  private static final Duration SHORT = Duration.ofMillis(2_500);
  private static final double THREE_PERCENT = 0.03;

  private final Limits limits = Limits.of(Limits.Profile.Y2026);
  private final TierRunner runner = new TierRunner(limits, Optional.empty());

  @TempDir Path scratch;

  @ParameterizedTest
  @CsvSource({
    "'gp3:10GiB', 'rw=randrw bs=4k depth=16'",
    "'gp2:10GiB', 'rw=randread bs=64k depth=8'",
    "'st1:125GiB', 'rw=read bs=256k depth=4'",
    "'io2:10GiB,iops=1000', 'rw=randwrite bs=8k rate=800 arrivals=poisson'",
  })
  void sameWork_inBothTimes_isWithinThreePercent(String tierText, String job) throws IOException {
    Tier tier = Tier.parse(tierText, limits);
    Work work = Works.of(job, SHORT);
    TierResult virtual = runner.virtually(tier, work, _ -> {});
    TierResult real = runner.reallyIn(scratch, tier, work, _ -> {});
    assertEquals(virtual.iops(), real.iops(), THREE_PERCENT * virtual.iops(), "IOPS");
    assertEquals(virtual.mibps(), real.mibps(), THREE_PERCENT * virtual.mibps(), "MiB/s");
    assertTrue(real.latencies().p50() >= 0.97 * virtual.latencies().p50(), "never quicker");
    try (Stream<Path> left = Files.list(scratch)) {
      assertEquals(0, left.count(), "the scratch volume is gone");
    }
  }
}
