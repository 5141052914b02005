package dev.quarry.shaping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quarry.shaping.Limits.Profile;
import dev.quarry.shaping.TypeLimits.SizeRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class LimitsTest {
  private static final long MIB = 1 << 20;
  private static final Limits NOW = Limits.of(Profile.Y2026);
  private static final Limits CLASSIC = Limits.of(Profile.Y2023);

  @ParameterizedTest
  @CsvSource({
    // type, 2026 min, max, 2023 min, max
    "gp3, 1, 65536, 1, 16384",
    "gp2, 1, 16384, 1, 16384",
    "io2, 4, 65536, 4, 16384",
    "io1, 4, 16384, 4, 16384",
    "st1, 125, 16384, 125, 16384",
    "sc1, 125, 16384, 125, 16384",
    "standard, 1, 1024, 1, 1024",
    "unlimited, 1, 65536, 1, 65536",
  })
  void size_ofEachType_isAsInTheMasterTable(String name, int min, int max, int min23, int max23) {
    VolumeType type = VolumeType.parse(name);
    assertEquals(new SizeRange(min, max), NOW.of(type).size());
    assertEquals(new SizeRange(min23, max23), CLASSIC.of(type).size());
  }

  @ParameterizedTest
  @CsvSource({
    // GiB, IOPS, baseline and burst; MiB/s with and without credits
    "1, 100, 3000, 128, 128",
    "33, 100, 3000, 128, 128",
    "34, 102, 3000, 128, 128",
    "50, 150, 3000, 128, 128",
    "100, 300, 3000, 128, 128",
    "170, 510, 3000, 128, 128",
    "171, 513, 3000, 250, 128",
    "250, 750, 3000, 250, 128",
    "333, 999, 3000, 250, 128",
    "334, 1002, 3000, 250, 250",
    "500, 1500, 3000, 250, 250",
    "750, 2250, 3000, 250, 250",
    "1000, 3000, 3000, 250, 250",
    "5333, 15999, 15999, 250, 250",
    "5334, 16000, 16000, 250, 250",
    "16384, 16000, 16000, 250, 250",
  })
  void gp2_bySize_hasItsBaselineBurstAndThroughputStep(
      int gib, long baseline, long burst, long mibps, long spentMibps) {
    for (Limits limits : new Limits[] {NOW, CLASSIC}) {
      Performance performance =
          limits.performance(limits.check(VolumeRequest.of(VolumeType.GP2, gib)));
      assertEquals(
          new Performance.IoBurst(baseline, burst, 5_400_000, mibps * MIB, spentMibps * MIB),
          performance);
    }
  }

  @ParameterizedTest
  @CsvSource({
    // GiB, seconds a full bucket lasts at 3,000, seconds to fill it
    "1, 1862, 54000",
    "33, 1862, 54000",
    "50, 1895, 36000",
    "100, 2000, 18000",
    "250, 2400, 7200",
    "334, 2703, 5389",
    "500, 3600, 3600",
    "750, 7200, 2400",
  })
  void gp2_bySize_drainsAndFillsAsInTheGuidesTable(int gib, long lasts, long fills) {
    var burst =
        (Performance.IoBurst) NOW.performance(NOW.check(VolumeRequest.of(VolumeType.GP2, gib)));
    double capacity = burst.creditCapacity();
    assertEquals(lasts, Math.round(capacity / (burst.burst() - burst.baseline())));
    assertEquals(fills, Math.round(capacity / burst.baseline()));
  }

  @ParameterizedTest
  @CsvSource({
    // GiB, most IOPS, most MiB/s at those IOPS
    "6, 3000, 750",
    "8, 4000, 1000",
    "16, 8000, 2000",
    "100, 50000, 2000",
    "160, 80000, 2000",
    "65536, 80000, 2000",
  })
  void gp3_bySize_allowsIopsAndThroughput(int gib, int iops, int mibps) {
    assertEquals(iops, NOW.gp3().maxIops(gib));
    assertEquals(mibps, NOW.gp3().maxMibps(iops));
    Performance performance =
        NOW.performance(
            NOW.check(VolumeRequest.of(VolumeType.GP3, gib).withIops(iops).withThroughput(mibps)));
    assertEquals(new Performance.Steady(iops, mibps * MIB), performance);
  }

  @ParameterizedTest
  @CsvSource({"8, 4000, 1000", "32, 16000, 1000", "16384, 16000, 1000"})
  void gp3Of2023_bySize_allowsIopsAndThroughput(int gib, int iops, int mibps) {
    assertEquals(iops, CLASSIC.gp3().maxIops(gib));
    assertEquals(mibps, CLASSIC.gp3().maxMibps(iops));
  }

  @Test
  void gp3_withoutFigures_hasTheBaseline() {
    assertEquals(
        new Performance.Steady(3_000, 125 * MIB),
        NOW.performance(NOW.check(VolumeRequest.of(VolumeType.GP3, 1))));
  }

  @ParameterizedTest
  @CsvSource({
    // IOPS, KiB/s
    "100, 25600",
    "1000, 256000",
    "2000, 512000", // 500 MiB/s
    "32000, 512000",
    "32001, 512016",
    "40000, 640000", // 625 MiB/s
    "48000, 768000", // 750 MiB/s
    "64000, 1024000", // 1,000 MiB/s
  })
  void io1_byIops_hasItsThroughput(int iops, long kibps) {
    var request = VolumeRequest.of(VolumeType.IO1, 1280).withIops(iops);
    assertEquals(new Performance.Steady(iops, kibps * 1024), NOW.performance(NOW.check(request)));
    var io2 = VolumeRequest.of(VolumeType.IO2, 1280).withIops(iops);
    assertEquals(
        new Performance.Steady(iops, kibps * 1024), CLASSIC.performance(CLASSIC.check(io2)));
  }

  @ParameterizedTest
  @CsvSource({
    // IOPS, thousandths of a MiB/s
    "100, 25600",
    "1000, 256000",
    "15624, 3999744",
    "15625, 4000000",
    "16000, 4000000",
    "256000, 4000000",
  })
  void io2_byIops_hasItsThroughput(int iops, long milliMibps) {
    var request = VolumeRequest.of(VolumeType.IO2, 256).withIops(iops);
    assertEquals(
        new Performance.Steady(iops, milliMibps * MIB / 1000), NOW.performance(NOW.check(request)));
  }

  @ParameterizedTest
  @CsvSource({
    // type, GiB, most IOPS 2026, most IOPS 2023
    "io1, 4, 200, 200",
    "io1, 100, 5000, 5000",
    "io1, 1279, 63950, 63950",
    "io1, 1280, 64000, 64000",
    "io2, 4, 4000, 2000",
    "io2, 128, 128000, 64000",
    "io2, 255, 255000, 64000",
    "io2, 256, 256000, 64000",
  })
  void provisionedIops_bySize_allowsTheRatio(String type, int gib, int iops, int classicIops) {
    for (var expected : new Object[][] {{NOW, iops}, {CLASSIC, classicIops}}) {
      var limits = (TypeLimits.ProvisionedIops) ((Limits) expected[0]).of(VolumeType.parse(type));
      assertEquals(expected[1], limits.maxIops(gib));
    }
  }

  @ParameterizedTest
  @CsvSource({
    // type, GiB, base and burst in KiB/s, hours of a scan at the burst rate
    "st1, 125, 5000, 31250, 1.17",
    "st1, 128, 5120, 32000, 1.17",
    "st1, 1024, 40960, 256000, 1.17",
    "st1, 2048, 81920, 512000, 1.17",
    "st1, 3072, 122880, 512000, 1.75",
    "st1, 4096, 163840, 512000, 2.33",
    "st1, 8192, 327680, 512000, 4.66",
    "st1, 12800, 512000, 512000, 7.28",
    "st1, 16384, 512000, 512000, 9.32",
    "sc1, 125, 1500, 10000, 3.64",
    "sc1, 128, 1536, 10240, 3.64",
    "sc1, 1024, 12288, 81920, 3.64",
    "sc1, 2048, 24576, 163840, 3.64",
    "sc1, 3072, 36864, 245760, 3.64",
    "sc1, 4096, 49152, 256000, 4.66",
    "sc1, 8192, 98304, 256000, 9.32",
    "sc1, 12800, 153600, 256000, 14.56",
    "sc1, 16384, 196608, 256000, 18.64",
  })
  void hardDisk_bySize_hasItsBaseAndBurst(
      String name, int gib, long baseKibps, long burstKibps, double scanHours) {
    VolumeType type = VolumeType.parse(name);
    var burst =
        assertInstanceOf(
            Performance.ByteBurst.class, NOW.performance(NOW.check(VolumeRequest.of(type, gib))));
    assertEquals(baseKibps * 1024, burst.base());
    assertEquals(burstKibps * 1024, burst.burst());
    assertEquals((long) gib << 30, burst.creditCapacityBytes());
    assertEquals(type == VolumeType.ST1 ? 500 : 250, burst.iops());
    assertEquals(scanHours, ((long) gib << 30) / 3600.0 / burst.burst(), 0.006);
  }

  @Test
  void standard_atAnySize_isTheSame() {
    assertEquals(
        new Performance.Steady(100, 90 * MIB),
        NOW.performance(NOW.check(VolumeRequest.of(VolumeType.STANDARD, 1024))));
  }

  @Test
  void unlimited_atAnySize_isNotShaped() {
    assertEquals(
        new Performance.Unshaped(),
        NOW.performance(NOW.check(VolumeRequest.of(VolumeType.UNLIMITED, 65_536))));
  }

  @ParameterizedTest
  @EnumSource
  void profile_byItsLabel_isFound(Profile profile) {
    assertEquals(profile, Profile.parse(profile.label()));
    assertEquals(profile, Limits.of(profile).profile());
  }

  @Test
  void profile_unknownLabel_isRefusedWithTheKnownOnes() {
    var e = assertThrows(IllegalArgumentException.class, () -> Profile.parse("2024"));
    assertEquals("unknown limits profile profile=2024 known=2023,2026", e.getMessage());
  }
}
