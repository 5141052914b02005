package dev.quarry.shaping;

import dev.quarry.block.BlockDevice;

/// A limit outside of volumes, shared by all connections of one client or node, as EBS-optimised
/// bandwidth is shared by all volumes of an instance (EC2 User Guide, "EBS optimization").
///
/// A request is charged to its volume and to this limit at the same time and waits for the slower.
/// The two are not settled with each other: a volume that is slow for its own reasons must not hold
/// back this limit for the others. A request that waits for its volume has used this limit when it
/// was charged, not when it went ahead; so in any window up to one request a connection may go
/// through beyond rate × time and tolerance. Over a longer time the rate is exact.
///
/// Safe for use by many threads.
public final class InstanceLimit {
  private final TimeSource time;
  private final long originNanos;
  private final LimitCounters counters = new LimitCounters();
  private final Limiter limiter;
  private final Bucket operationCredits;
  private final Bucket sectorCredits;

  private InstanceLimit(Figures figures, TimeSource time) {
    this.time = time;
    this.originNanos = time.nanoTime();
    Limiter.Start full = Limiter.Start.full(0);
    operationCredits = full.credits(figures.iops(), figures.operationCredits());
    sectorCredits =
        full.credits(
            Limiter.inSectors(figures.bytesPerSecond()), Limiter.inSectors(figures.byteCredits()));
    limiter =
        Limiter.of(
            new Bucket[] {full.operations(figures.burstIops()), operationCredits},
            new Bucket[] {
              full.sectors(figures.burstBytesPerSecond(), IoCost.SOLID_STATE), sectorCredits
            },
            counters);
  }

  /// A limit of these figures, with all its credits.
  public static InstanceLimit create(Figures figures, TimeSource time) {
    return new InstanceLimit(figures, time);
  }

  /// What an instance is held to.
  ///
  /// @param iops I/Os a second at all times
  /// @param bytesPerSecond throughput at all times
  /// @param burstIops I/Os a second at best
  /// @param burstBytesPerSecond throughput at best
  /// @param burstSeconds how long a full bucket lasts at best; 0 if there is no burst. EBS: "30
  ///   minutes at least once every 24 hours".
  public record Figures(
      long iops, long bytesPerSecond, long burstIops, long burstBytesPerSecond, long burstSeconds) {

    public Figures {
      if (iops < 1 || bytesPerSecond < 1) {
        throw new IllegalArgumentException(
            "instance limit not positive iops=" + iops + " bytesPerSecond=" + bytesPerSecond);
      }
      if (burstIops < iops || burstBytesPerSecond < bytesPerSecond || burstSeconds < 0) {
        throw new IllegalArgumentException(
            "instance burst below its baseline iops=%d bytesPerSecond=%d seconds=%d"
                .formatted(burstIops, burstBytesPerSecond, burstSeconds));
      }
      if (burstSeconds == 0 && (burstIops != iops || burstBytesPerSecond != bytesPerSecond)) {
        throw new IllegalArgumentException("instance burst lasts no time");
      }
    }

    /// A limit without burst.
    public static Figures steady(long iops, long bytesPerSecond) {
      return new Figures(iops, bytesPerSecond, iops, bytesPerSecond, 0);
    }

    /// What the burst takes out of a full bucket in its time. At least the tolerance, so that a
    /// bucket without burst is an ordinary one.
    private long operationCredits() {
      return Math.max(Limiter.tolerance(iops, 1), (burstIops - iops) * burstSeconds);
    }

    private long byteCredits() {
      return Math.max(
          Limiter.tolerance(bytesPerSecond, IoCost.SOLID_STATE.unitBytes()),
          (burstBytesPerSecond - bytesPerSecond) * burstSeconds);
    }
  }

  /// The I/O credits left (EC2 CloudWatch metrics, EBSIOBalance%).
  public BurstBalance ioBalance() {
    return operationCredits.burstBalance(now(), 1);
  }

  /// The credits of bytes left (EC2 CloudWatch metrics, EBSByteBalance%).
  public BurstBalance byteBalance() {
    return sectorCredits.burstBalance(now(), BlockDevice.SECTOR_BYTES);
  }

  /// How long requests were held up by this limit.
  public Exceeded exceeded() {
    return counters.sum();
  }

  long reserve(long operations, long sectors, long nanoTime) {
    return limiter.reserve(operations, sectors, nanoTime - originNanos);
  }

  boolean has(long operations, long sectors, long nanoTime) {
    return limiter.has(operations, sectors, nanoTime - originNanos);
  }

  private long now() {
    return time.nanoTime() - originNanos;
  }
}
