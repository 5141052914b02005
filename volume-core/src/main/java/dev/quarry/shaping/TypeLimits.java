package dev.quarry.shaping;

/// What one type of volume allows, and how its performance follows from its figures. The numbers
/// stand in [Limits]; the rules, which did not change between vintages, stand here.
public sealed interface TypeLimits {
  long MIB = 1L << 20;
  int GIB_PER_TIB = 1024;

  /// The sizes allowed.
  SizeRange size();

  /// @param minGib the smallest size in GiB
  /// @param maxGib the largest size in GiB
  record SizeRange(int minGib, int maxGib) {}

  /// IOPS by size with burst credits (EBS User Guide, "General Purpose SSD volumes", gp2).
  ///
  /// @param iopsPerGib baseline IOPS for each GiB
  /// @param minIops the least baseline
  /// @param maxIops the greatest baseline
  /// @param burstIops what a volume reaches while it has credits, if its baseline is less
  /// @param creditCapacity I/O credits that fit the bucket
  /// @param lowMibps throughput up to `lowMaxGib`, and of middle sizes without credits
  /// @param highMibps throughput from `highMinGib` on, and of middle sizes with credits
  /// @param lowMaxGib the largest size held to `lowMibps`
  /// @param highMinGib the smallest size that has `highMibps` always
  record Gp2(
      SizeRange size,
      int iopsPerGib,
      int minIops,
      int maxIops,
      int burstIops,
      long creditCapacity,
      int lowMibps,
      int highMibps,
      int lowMaxGib,
      int highMinGib)
      implements TypeLimits {

    int baselineIops(int sizeGib) {
      return Math.clamp((long) iopsPerGib * sizeGib, minIops, maxIops);
    }

    /// The most throughput a volume of this size reaches, in MiB/s.
    int throughputMibps(int sizeGib) {
      return sizeGib <= lowMaxGib ? lowMibps : highMibps;
    }

    Performance performance(int sizeGib) {
      int baseline = baselineIops(sizeGib);
      int spentMibps = sizeGib < highMinGib ? lowMibps : highMibps;
      return new Performance.IoBurst(
          baseline,
          Math.max(baseline, burstIops),
          creditCapacity,
          throughputMibps(sizeGib) * MIB,
          spentMibps * MIB);
    }
  }

  /// IOPS and throughput provisioned (EBS User Guide, "General Purpose SSD volumes", gp3).
  ///
  /// @param minIops the least that may be asked for; less than the baseline is raised to it
  /// @param baselineIops included at any size, whatever the ratio
  /// @param maxIops the most
  /// @param maxIopsPerGib the greatest ratio of IOPS to GiB
  /// @param baselineMibps included at any size
  /// @param maxMibps the most, in MiB/s
  /// @param iopsPerMibps IOPS that must be provisioned for each MiB/s
  record Gp3(
      SizeRange size,
      int minIops,
      int baselineIops,
      int maxIops,
      int maxIopsPerGib,
      int baselineMibps,
      int maxMibps,
      int iopsPerMibps)
      implements TypeLimits {

    /// The most IOPS for this size.
    int maxIops(int sizeGib) {
      return (int) Math.min(maxIops, Math.max(baselineIops, (long) maxIopsPerGib * sizeGib));
    }

    /// The most throughput for these IOPS, in MiB/s.
    int maxMibps(int iops) {
      return Math.min(maxMibps, iops / iopsPerMibps);
    }

    Performance performance(Provisioned.Gp3 figures) {
      return new Performance.Steady(figures.provisionedIops(), figures.provisionedMibps() * MIB);
    }
  }

  /// IOPS provisioned, throughput by IOPS (EBS User Guide, "Provisioned IOPS SSD volumes").
  ///
  /// @param minIops the least that may be asked for
  /// @param maxIops the most
  /// @param maxIopsPerGib the greatest ratio of IOPS to GiB
  /// @param throughput how throughput follows from IOPS
  record ProvisionedIops(
      SizeRange size, int minIops, int maxIops, int maxIopsPerGib, ThroughputRule throughput)
      implements TypeLimits {

    /// The most IOPS for this size.
    int maxIops(int sizeGib) {
      return (int) Math.min(maxIops, (long) maxIopsPerGib * sizeGib);
    }

    Performance performance(int iops) {
      return new Performance.Steady(iops, throughput.bytesPerSecond(iops));
    }
  }

  /// How throughput follows from provisioned IOPS.
  sealed interface ThroughputRule {

    long bytesPerSecond(int iops);

    /// Steep up to a plateau, then along a flatter slope that leaves it at a higher rate.
    ///
    /// @param steepBytes bytes for each IOPS below the plateau
    /// @param plateauMibps the plateau in MiB/s
    /// @param flatBytes bytes for each IOPS beyond the plateau
    /// @param maxMibps the most in MiB/s
    record Plateau(int steepBytes, int plateauMibps, int flatBytes, int maxMibps)
        implements ThroughputRule {

      @Override
      public long bytesPerSecond(int iops) {
        long plateau = Math.min(plateauMibps * MIB, (long) steepBytes * iops);
        return Math.min(maxMibps * MIB, Math.max(plateau, (long) flatBytes * iops));
      }
    }

    /// In proportion up to the most.
    ///
    /// @param milliMibpsPerIops thousandths of a MiB/s for each IOPS
    /// @param maxMibps the most in MiB/s
    record Proportional(int milliMibpsPerIops, int maxMibps) implements ThroughputRule {

      @Override
      public long bytesPerSecond(int iops) {
        return Math.min(maxMibps * MIB, milliMibpsPerIops * MIB * iops / 1000);
      }
    }
  }

  /// Throughput by size with credits of bytes (EBS User Guide, "Throughput Optimized HDD and Cold
  /// HDD volumes"). The bucket holds as many bytes as the volume.
  ///
  /// @param baseMibpsPerTib base throughput for each TiB, in MiB/s
  /// @param maxBaseMibps the greatest base
  /// @param burstMibpsPerTib burst throughput for each TiB, in MiB/s
  /// @param maxBurstMibps the greatest burst
  /// @param maxIops I/Os of 1 MiB a second
  record HardDisk(
      SizeRange size,
      int baseMibpsPerTib,
      int maxBaseMibps,
      int burstMibpsPerTib,
      int maxBurstMibps,
      int maxIops)
      implements TypeLimits {

    long baseBytesPerSecond(int sizeGib) {
      return Math.min(maxBaseMibps * MIB, baseMibpsPerTib * MIB * sizeGib / GIB_PER_TIB);
    }

    long burstBytesPerSecond(int sizeGib) {
      return Math.min(maxBurstMibps * MIB, burstMibpsPerTib * MIB * sizeGib / GIB_PER_TIB);
    }

    Performance performance(int sizeGib) {
      return new Performance.ByteBurst(
          baseBytesPerSecond(sizeGib), burstBytesPerSecond(sizeGib), (long) sizeGib << 30, maxIops);
    }
  }

  /// The same at any size (EBS User Guide, "Previous generation volumes").
  ///
  /// @param iops what it delivers on average
  /// @param mibps throughput in MiB/s
  record Magnetic(SizeRange size, int iops, int mibps) implements TypeLimits {

    Performance performance() {
      return new Performance.Steady(iops, mibps * MIB);
    }
  }

  /// No limit but that of size.
  record None(SizeRange size) implements TypeLimits {}
}
