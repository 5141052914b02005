package dev.quarry.tiers;

import dev.quarry.block.VolumeException;
import dev.quarry.shaping.Limits;
import dev.quarry.workload.WorkloadText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import java.util.stream.Stream;

/// Puts work on a volume of a tier.
///
/// @param limits the vintage of EBS
/// @param service how long a request takes that no limit holds up; empty for [ServiceTimes]
public record TierRunner(Limits limits, Optional<Duration> service) {
  /// In real time, requests stay below this, so that the scratch file does; where they lie is of no
  /// account to the limits, but for being sequential.
  private static final long REAL_SPAN_BYTES = 1L << 28;

  /// What code is compiled for, and pages are found with, before a real run counts.
  private static final Work WARM_UP =
      new Work.Described(
          WorkloadText.parse("phase warm-up 400ms amount=32MiB\njob rw=randrw bs=4k/64k depth=8"));

  private static final Tier WARM_UP_TIER =
      Tier.parse("unlimited:1GiB", Limits.of(Limits.Profile.Y2026));

  /// In virtual time: hours in seconds.
  ///
  /// @param progress is told seconds of the volume's time, now and then
  public TierResult virtually(Tier tier, Work work, DoubleConsumer progress) {
    try (VirtualVolume volume = new VirtualVolume(tier.performance())) {
      return run(volume, tier, tier.sizeBytes(), work, progress);
    } catch (VolumeException e) {
      throw new AssertionError("a volume without data failed", e);
    }
  }

  /// On a volume of the engine, in as much time as it takes.
  ///
  /// @param scratch a folder in which one for this run is made, and removed afterwards
  public TierResult reallyIn(Path scratch, Tier tier, Work work, DoubleConsumer progress)
      throws IOException {
    Path folder = Files.createTempDirectory(scratch, "quarry-bench");
    try {
      run(folder.resolve("warm-up"), WARM_UP_TIER, WARM_UP, _ -> {});
      return run(folder.resolve("volume"), tier, work, progress);
    } finally {
      delete(folder);
    }
  }

  private TierResult run(Path folder, Tier tier, Work work, DoubleConsumer progress)
      throws IOException {
    try (RealVolume volume = RealVolume.create(folder, tier, limits)) {
      return run(volume, tier, Math.min(REAL_SPAN_BYTES, tier.sizeBytes()), work, progress);
    }
  }

  private TierResult run(
      TestVolume volume, Tier tier, long spanBytes, Work work, DoubleConsumer progress)
      throws VolumeException {
    long serviceNanos =
        Math.max(1, service.orElseGet(() -> ServiceTimes.of(tier.type())).toNanos());
    return new TierRun(volume, work, spanBytes, serviceNanos, progress).run(tier);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
