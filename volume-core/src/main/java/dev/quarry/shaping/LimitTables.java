package dev.quarry.shaping;

import dev.quarry.shaping.TypeLimits.SizeRange;
import dev.quarry.shaping.TypeLimits.ThroughputRule;

/// The numbers of [Limits] by vintage, each with its source:
///
/// 1. EBS User Guide, "General Purpose SSD volumes" (2026); its document history dates the gp3
///    figures to 2025-09-26
/// 2. EBS User Guide, "Provisioned IOPS SSD volumes" (2026); all io2 are Block Express since
///    2025-04-30
/// 3. EBS User Guide, "Throughput Optimized HDD and Cold HDD volumes"
/// 4. EBS User Guide, "Amazon EBS volume types", with its section on previous generations
/// 5. EC2 API Reference, CreateVolume, Size
/// 6. EC2 User Guide of June 2023, the pages of the same names
final class LimitTables {
  /// The largest volume, in GiB (EBS User Guide, "Volume constraints": 64 TiB).
  private static final int MAX_GIB = 65_536;

  private LimitTables() {}

  static Limits of(Limits.Profile profile) {
    return new Limits(
        profile,
        gp2(),
        switch (profile) {
          case Y2023 -> gp3Of2023();
          case Y2026 -> gp3();
        },
        io1(),
        switch (profile) {
          case Y2023 -> io2Of2023();
          case Y2026 -> io2();
        },
        st1(),
        sc1(),
        standard(),
        new TypeLimits.None(new SizeRange(1, MAX_GIB)));
  }

  private static TypeLimits.Gp2 gp2() {
    return new TypeLimits.Gp2(
        new SizeRange(1, 16_384), // 1, 5
        3, // 1: IOPS a GiB
        100, // 1: least baseline
        16_000, // 1: greatest baseline
        3_000, // 1: burst
        5_400_000, // 1: "5.4 million I/O credits"
        128, // 1: MiB/s of volumes up to 170 GiB
        250, // 1: MiB/s of volumes from 334 GiB, and between with credits
        170,
        334);
  }

  private static TypeLimits.Gp3 gp3() {
    return new TypeLimits.Gp3(
        new SizeRange(1, MAX_GIB), // 1, 5
        100, // observed: 100 to 2,999 is raised to the baseline
        3_000, // 1: baseline
        80_000, // 1
        500, // 1: IOPS a GiB
        125, // 1: MiB/s baseline
        2_000, // 1
        4); // 1: 0.25 MiB/s an IOPS
  }

  private static TypeLimits.Gp3 gp3Of2023() {
    return new TypeLimits.Gp3(
        new SizeRange(1, 16_384), // 6
        100, // as above
        3_000, // 6
        16_000, // 6
        500, // 6
        125, // 6
        1_000, // 6
        4); // 6
  }

  private static TypeLimits.ProvisionedIops io1() {
    return new TypeLimits.ProvisionedIops(
        new SizeRange(4, 16_384), // 2, 5
        100, // 2
        64_000, // 2
        50, // 2: IOPS a GiB
        io1Throughput());
  }

  private static TypeLimits.ProvisionedIops io2() {
    return new TypeLimits.ProvisionedIops(
        new SizeRange(4, MAX_GIB), // 2, 5
        100, // 2
        256_000, // 2
        1_000, // 2: IOPS a GiB
        new ThroughputRule.Proportional(256, 4_000)); // 2: 0.256 MiB/s an IOPS, 4,000 MiB/s
  }

  private static TypeLimits.ProvisionedIops io2Of2023() {
    return new TypeLimits.ProvisionedIops(
        new SizeRange(4, 16_384), // 6
        100, // 6
        64_000, // 6
        500, // 6: IOPS a GiB
        io1Throughput()); // 6: "io1 and io2 volumes"
  }

  /// 256 KiB an IOPS up to 500 MiB/s; beyond 32,000 IOPS 16 KiB an IOPS up to 1,000 MiB/s (2, 6).
  private static ThroughputRule io1Throughput() {
    return new ThroughputRule.Plateau(256 * 1024, 500, 16 * 1024, 1_000);
  }

  private static TypeLimits.HardDisk st1() {
    return new TypeLimits.HardDisk(
        new SizeRange(125, 16_384), // 3, 5
        40, // 3: base MiB/s a TiB
        500, // 3
        250, // 3: burst MiB/s a TiB
        500, // 3
        500); // 4: IOPS of 1 MiB
  }

  private static TypeLimits.HardDisk sc1() {
    return new TypeLimits.HardDisk(
        new SizeRange(125, 16_384), // 3, 5
        12, // 3: base MiB/s a TiB
        192, // 3
        80, // 3: burst MiB/s a TiB
        250, // 3
        250); // 4: IOPS of 1 MiB
  }

  private static TypeLimits.Magnetic standard() {
    return new TypeLimits.Magnetic(
        new SizeRange(1, 1_024), // 4, 5
        100, // 4: about 100 on average, 40 to 200
        90); // 4: 40 to 90 MiB/s
  }
}
