package dev.quarry.shaping;

import dev.quarry.block.BlockDevice;
import java.util.Optional;

/// The buckets that stand for one set of figures, charged together.
///
/// A request takes from every bucket and waits for the slowest. A limit that may be exceeded as
/// long as credits last is two buckets: a small one that fills at the burst rate and a large one
/// that fills at the baseline. While the large one has tokens the small one decides; once it is
/// empty, it lets pass just what it earns, which is the baseline.
///
/// **Tolerance.** A bucket without credits holds [#TOLERANCE_NANOS] of its rate, and at least one
/// I/O or one unit of bytes. That is how late a timer may be without the lateness costing rate, and
/// how much more than rate × time may go through in any window.
///
/// Safe for use by many threads: each bucket changes by compare-and-set. Two requests that are
/// charged at the same time may take from two buckets in different orders; then one of them rides
/// in the tolerance of a bucket for once, and no token is lost or made.
final class Limiter {
  /// 50 ms. Timers oversleep by up to 1 ms, and a loop that runs due requests once a millisecond
  /// adds another; but a thread of a busy machine may not run for some tens. Measured at queue
  /// depth 1 with 18 threads wanting 2 cores: 10 ms lost 3 to 19 % of the rate, 25 ms up to 8 %, 50
  /// ms less than 1 %. In any second it is a twentieth of the rate.
  static final long TOLERANCE_NANOS = 50_000_000;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final Bucket[] operations; // charged I/Os
  private final Bucket[] sectors; // charged sectors
  private final Bucket[] sectorsWhileSpent; // besides, while the credits are spent
  private final Optional<Bucket> credits; // among the others
  private final long spentBelow; // credits that are but tolerance
  private final LimitCounters counters;

  private Limiter(
      Bucket[] operations,
      Bucket[] sectors,
      Bucket[] sectorsWhileSpent,
      Optional<Bucket> credits,
      LimitCounters counters) {
    this.operations = operations;
    this.sectors = sectors;
    this.sectorsWhileSpent = sectorsWhileSpent;
    this.credits = credits;
    this.spentBelow = operations.length == 0 ? 0 : operations[0].arithmetic().capacity();
    this.counters = counters;
  }

  /// What the buckets of a limiter start with.
  ///
  /// @param credits tokens in the credit bucket, if there is one; more than fit count as full
  /// @param nowNanos when
  /// @param emptyUntilNanos when the other buckets begin to fill; a time long past for full ones
  record Start(long credits, long nowNanos, long emptyUntilNanos) {

    /// Everything full.
    static Start full(long nowNanos) {
      return withCredits(Long.MAX_VALUE, nowNanos);
    }

    /// So many credits, the rest full.
    static Start withCredits(long credits, long nowNanos) {
      return new Start(credits, nowNanos, nowNanos - NANOS_PER_SECOND);
    }

    private Bucket small(TokenBucket arithmetic) {
      return emptyUntilNanos < nowNanos
          ? Bucket.holding(arithmetic.capacity(), arithmetic, nowNanos)
          : Bucket.holding(0, arithmetic, emptyUntilNanos);
    }

    Bucket operations(long iops) {
      return small(new TokenBucket(iops, tolerance(iops, 1)));
    }

    Bucket sectors(long bytesPerSecond, IoCost cost) {
      long rate = inSectors(bytesPerSecond);
      return small(new TokenBucket(rate, tolerance(rate, cost.unitSectors())));
    }

    Bucket credits(long rate, long capacity) {
      return Bucket.holding(credits, new TokenBucket(rate, capacity), nowNanos);
    }
  }

  static Limiter of(Performance performance, Start start, LimitCounters counters) {
    return switch (performance) {
      case Performance.Unshaped() ->
          new Limiter(none(), none(), none(), Optional.empty(), counters);
      case Performance.Steady steady -> steady(steady, start, counters);
      case Performance.IoBurst burst -> ioBurst(burst, start, counters);
      case Performance.ByteBurst burst -> byteBurst(burst, start, counters);
    };
  }

  private static Limiter steady(Performance.Steady steady, Start start, LimitCounters counters) {
    return new Limiter(
        array(start.operations(steady.iops())),
        array(start.sectors(steady.bytesPerSecond(), IoCost.SOLID_STATE)),
        none(),
        Optional.empty(),
        counters);
  }

  private static Limiter ioBurst(Performance.IoBurst burst, Start start, LimitCounters counters) {
    Bucket peak = start.operations(burst.burst());
    Bucket throughput = start.sectors(burst.bytesPerSecond(), IoCost.SOLID_STATE);
    if (burst.baseline() == burst.burst()) {
      return new Limiter(array(peak), array(throughput), none(), Optional.empty(), counters);
    }
    Bucket credits = start.credits(burst.baseline(), burst.creditCapacity());
    Bucket[] spent =
        burst.spentBytesPerSecond() < burst.bytesPerSecond()
            ? array(start.sectors(burst.spentBytesPerSecond(), IoCost.SOLID_STATE))
            : none();
    return new Limiter(
        array(peak, credits), array(throughput), spent, Optional.of(credits), counters);
  }

  private static Limiter byteBurst(
      Performance.ByteBurst burst, Start start, LimitCounters counters) {
    Bucket operations = start.operations(burst.iops());
    Bucket peak = start.sectors(burst.burst(), IoCost.HARD_DISK);
    if (burst.base() == burst.burst()) {
      return new Limiter(array(operations), array(peak), none(), Optional.empty(), counters);
    }
    Bucket credits = start.credits(inSectors(burst.base()), inSectors(burst.creditCapacityBytes()));
    return new Limiter(
        array(operations), array(peak, credits), none(), Optional.of(credits), counters);
  }

  /// A limit of other buckets, none of them with a step of throughput.
  static Limiter of(Bucket[] operations, Bucket[] sectors, LimitCounters counters) {
    return new Limiter(operations, sectors, none(), Optional.empty(), counters);
  }

  /// Charges a request and tells how long it has to wait from now.
  long reserve(long operationCount, long sectorCount, long nowNanos) {
    long operationsDue = take(operations, operationCount, nowNanos);
    long sectorsDue = take(sectors, sectorCount, nowNanos);
    boolean spent = sectorsWhileSpent.length > 0 && spent(nowNanos);
    if (spent) {
      sectorsDue = Math.max(sectorsDue, take(sectorsWhileSpent, sectorCount, nowNanos));
    }
    long due = Math.max(operationsDue, sectorsDue);
    if (due > nowNanos) {
      settle(operations, operationCount, due);
      settle(sectors, sectorCount, due);
      if (spent) {
        settle(sectorsWhileSpent, sectorCount, due);
      }
      counters.count(operationsDue - nowNanos, sectorsDue - nowNanos);
    }
    return due - nowNanos;
  }

  /// Whether a request would not have to wait.
  boolean has(long operationCount, long sectorCount, long nowNanos) {
    return has(operations, operationCount, nowNanos)
        && has(sectors, sectorCount, nowNanos)
        && (sectorsWhileSpent.length == 0
            || !spent(nowNanos)
            || has(sectorsWhileSpent, sectorCount, nowNanos));
  }

  /// The credit bucket, if these figures have one.
  Optional<Bucket> credits() {
    return credits;
  }

  /// When all requests charged so far will have gone ahead; in the past if they have.
  long owedUntilNanos() {
    return Math.max(
        owedUntilNanos(operations),
        Math.max(owedUntilNanos(sectors), owedUntilNanos(sectorsWhileSpent)));
  }

  private static long owedUntilNanos(Bucket[] buckets) {
    long until = Long.MIN_VALUE;
    for (Bucket bucket : buckets) {
      until = Math.max(until, bucket.owedUntilNanos());
    }
    return until;
  }

  /// Credits less than the tolerance of the burst rate are but timers being late.
  private boolean spent(long nowNanos) {
    return credits.orElseThrow().balance(nowNanos) < spentBelow;
  }

  private static long take(Bucket[] buckets, long tokens, long nowNanos) {
    long due = nowNanos;
    for (Bucket bucket : buckets) {
      due = Math.max(due, bucket.take(tokens, nowNanos));
    }
    return due;
  }

  private static boolean has(Bucket[] buckets, long tokens, long nowNanos) {
    for (Bucket bucket : buckets) {
      if (!bucket.has(tokens, nowNanos)) {
        return false;
      }
    }
    return true;
  }

  private static void settle(Bucket[] buckets, long tokens, long dueNanos) {
    for (Bucket bucket : buckets) {
      bucket.settle(tokens, dueNanos);
    }
  }

  static long tolerance(long rate, long least) {
    return Math.max(least, (rate * TOLERANCE_NANOS + NANOS_PER_SECOND - 1) / NANOS_PER_SECOND);
  }

  static long inSectors(long bytes) {
    return bytes / BlockDevice.SECTOR_BYTES;
  }

  private static Bucket[] array(Bucket... buckets) {
    return buckets;
  }

  private static Bucket[] none() {
    return new Bucket[0];
  }
}
