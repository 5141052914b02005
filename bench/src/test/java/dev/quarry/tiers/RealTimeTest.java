package dev.quarry.tiers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.shaping.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The same work in virtual time and on a volume of the engine: within 3 %.
final class RealTimeTest {
  private static final Duration SHORT = Duration.ofMillis(2_500);
  private static final double THREE_PERCENT = 0.03;

  /// A machine that does something else for 75 ms is out of bounds.
  private static final int TRIES = 4;

  private final Limits limits = Limits.of(Limits.Profile.Y2026);
  private final TierRunner runner = new TierRunner(limits, Optional.empty());

  /// Memory, where there is a file system in it: other work on the disk is not to be measured.
  private final Path parent =
      Files.isWritable(Path.of("/dev/shm"))
          ? Path.of("/dev/shm")
          : Path.of(System.getProperty("java.io.tmpdir"));

  @ParameterizedTest
  @CsvSource({
    "'gp3:10GiB', 'rw=randrw bs=4k depth=16'",
    "'gp3:10GiB', 'rw=randread bs=4k depth=1'", // no limit, only the time each request takes
    "'gp2:10GiB', 'rw=randread bs=64k depth=8'",
    "'st1:125GiB', 'rw=read bs=256k depth=4'",
    "'io2:10GiB,iops=1000', 'rw=randwrite bs=8k rate=800 arrivals=poisson'",
  })
  void sameWork_inBothTimes_isWithinThreePercent(String tierText, String job) throws IOException {
    Tier tier = Tier.parse(tierText, limits);
    Work work = Works.of(job, SHORT);
    TierResult virtual = runner.virtually(tier, work, _ -> {});
    TierResult real = really(tier, work);
    for (int i = 1; i < TRIES && far(virtual, real); i++) {
      real = really(tier, work);
    }
    assertEquals(virtual.iops(), real.iops(), THREE_PERCENT * virtual.iops(), "IOPS");
    assertEquals(virtual.mibps(), real.mibps(), THREE_PERCENT * virtual.mibps(), "MiB/s");
    assertTrue(real.latencies().p50() >= 0.97 * virtual.latencies().p50(), "never quicker");
  }

  private TierResult really(Tier tier, Work work) throws IOException {
    Path scratch = Files.createTempDirectory(parent, "quarry-test");
    try {
      return runner.reallyIn(scratch, tier, work, _ -> {});
    } finally {
      Files.delete(scratch); // fails if the volume is still there
    }
  }

  private static boolean far(TierResult virtual, TierResult real) {
    return Math.abs(virtual.iops() - real.iops()) > THREE_PERCENT * virtual.iops();
  }
}
