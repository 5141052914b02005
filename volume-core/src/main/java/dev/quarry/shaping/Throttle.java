package dev.quarry.shaping;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.IoKind;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/// Holds one volume to its figures, for all its connections and library callers together.
///
/// Each connection has a [Flow] and admits its requests there, in its order. A request is charged
/// at once and never refused; what is not there is reserved ahead and told as a wait.
///
/// **Fairness.** Reservations are served in the order they are made, over all flows. A connection
/// that admitted all it has queued would thus put its whole queue before the next request of any
/// other. So a flow admits one request at a time: while its last one waits, it admits no other.
/// Then a request waits, besides for its own cost, for at most one request of every other flow,
/// however deep their queues are: a flow that admits its next request as soon as its last one goes
/// ahead gets at least one request in n of n flows. One that comes back later, as a server does
/// that wakes for a deep queue once in a while, gets what it finds then. Where requests differ in
/// size, the bound is in requests, not in bytes.
///
/// A flow that admits only its head still gets the full rate, because what is supplied while it
/// wakes up late is there when it does (see [Limiter#TOLERANCE_NANOS]).
///
/// **Cost.** Reads, writes and zeroing count as [IoCost] says; zeroing counts as the write of zeros
/// it stands for. Trimming is unknown to EBS; it counts as one I/O without bytes, so that it is not
/// a way around the limit.
///
/// Safe for use by many threads. Admission takes no lock and makes no object.
public final class Throttle {
  private final TimeSource time;
  private final long originNanos;
  private final LimitCounters counters = new LimitCounters();
  private volatile Shape shape; // replaced by reshape, which one thread calls at a time

  /// Figures and the buckets that stand for them.
  private record Shape(Performance performance, IoCost cost, Limiter limiter) {

    static Shape of(Performance performance, Limiter.Start start, LimitCounters counters) {
      return new Shape(
          performance, IoCost.of(performance), Limiter.of(performance, start, counters));
    }

    /// What one token of the credit bucket stands for: one I/O, or the bytes of a sector.
    long creditUnit() {
      return performance instanceof Performance.ByteBurst ? BlockDevice.SECTOR_BYTES : 1;
    }
  }

  private Throttle(Performance performance, long credits, TimeSource time) {
    this.time = time;
    this.originNanos = time.nanoTime();
    this.shape = Shape.of(performance, Limiter.Start.withCredits(credits, 0), counters);
  }

  /// The throttle of a new volume, with all its credits: EBS fills the bucket at creation.
  public static Throttle create(Performance performance, TimeSource time) {
    return new Throttle(performance, Long.MAX_VALUE, time);
  }

  /// The throttle of a volume that ran before; [SavedCredits] states the rule.
  public static Throttle resume(
      Performance performance, SavedCredits saved, Moment now, TimeSource time) {
    return new Throttle(performance, earned(performance, saved, now), time);
  }

  /// The tokens to begin with.
  private static long earned(Performance performance, SavedCredits saved, Moment now) {
    long awayNanos = saved.savedAt().nanosUntil(now);
    return switch (performance) {
      case Performance.IoBurst burst ->
          kept(new TokenBucket(burst.baseline(), burst.creditCapacity()), saved, 1, awayNanos);
      case Performance.ByteBurst burst -> {
        TokenBucket bucket =
            new TokenBucket(
                Limiter.inSectors(burst.base()), Limiter.inSectors(burst.creditCapacityBytes()));
        yield kept(bucket, saved, BlockDevice.SECTOR_BYTES, awayNanos);
      }
      case Performance.Steady _, Performance.Unshaped _ -> Long.MAX_VALUE;
    };
  }

  /// The reserve takes no more than there is: it is not known to have been spent.
  private static long kept(TokenBucket bucket, SavedCredits saved, int unit, long awayNanos) {
    long earned = Math.floorDiv(saved.credits(), unit) + bucket.supplied(awayNanos);
    long balance = Math.min(bucket.capacity(), earned);
    return Math.max(Math.min(balance, 0), balance - Math.ceilDiv(saved.reserve(), unit));
  }

  /// A way in for one connection.
  public Flow flow() {
    return new Flow(Optional.empty());
  }

  /// A way in for one connection that is held to a limit of its client as well. That limit must go
  /// by the same clock.
  public Flow flow(InstanceLimit instance) {
    return new Flow(Optional.of(instance));
  }

  /// The figures in force.
  public Performance performance() {
    return shape.performance();
  }

  /// Puts other figures in force, while requests go on. Requests already admitted keep their waits,
  /// and the new figures begin to count when those are over.
  ///
  /// Credits: what was spent stays spent, and capacity that is added is added full, as a new
  /// volume's is. Figures of another kind begin with all their credits. One thread at a time.
  public void reshape(Performance performance) {
    Shape old = shape;
    long now = now();
    long emptyUntil = Math.max(now, old.limiter().owedUntilNanos());
    Limiter.Start start = new Limiter.Start(carried(old, performance, now), now, emptyUntil);
    shape = Shape.of(performance, start, counters);
  }

  private static long carried(Shape old, Performance next, long now) {
    if (old.limiter().credits().isEmpty() || old.performance().getClass() != next.getClass()) {
      return Long.MAX_VALUE;
    }
    Bucket bucket = old.limiter().credits().get();
    long spent = bucket.arithmetic().capacity() - bucket.balance(now);
    long capacity =
        switch (next) {
          case Performance.IoBurst burst -> burst.creditCapacity();
          case Performance.ByteBurst burst -> Limiter.inSectors(burst.creditCapacityBytes());
          case Performance.Steady _, Performance.Unshaped _ -> 0;
        };
    return capacity - spent;
  }

  /// What to keep of the credits for the time after a restart; empty if the figures have none.
  ///
  /// @param at now
  /// @param ahead how long until this is called again if credits are spent meanwhile; zero when the
  ///   volume is closed. See [SavedCredits].
  public Optional<SavedCredits> save(Moment at, Duration ahead) {
    Shape current = shape;
    if (current.limiter().credits().isEmpty()) {
      return Optional.empty();
    }
    long balance = current.limiter().credits().get().balance(now());
    long reserve = mostSpent(current.performance(), ahead);
    return Optional.of(
        new SavedCredits(balance * current.creditUnit(), reserve * current.creditUnit(), at));
  }

  /// A number that stays the same while no credits are spent.
  public long creditsMark() {
    return shape.limiter().credits().map(Bucket::mark).orElse(0L);
  }

  private static long mostSpent(Performance performance, Duration ahead) {
    if (ahead.isZero()) {
      return 0;
    }
    long rate =
        switch (performance) {
          case Performance.IoBurst burst -> burst.burst();
          case Performance.ByteBurst burst -> Limiter.inSectors(burst.burst());
          case Performance.Steady _, Performance.Unshaped _ -> 0;
        };
    return new TokenBucket(rate, 1).supplied(ahead.plusNanos(Limiter.TOLERANCE_NANOS).toNanos());
  }

  /// What is left of the credits, in I/Os or bytes; full for figures that could burst but never
  /// need to; empty for those without.
  public Optional<BurstBalance> burstBalance() {
    Shape current = shape;
    return switch (current.performance()) {
      case Performance.IoBurst burst -> Optional.of(balance(current, burst.creditCapacity()));
      case Performance.ByteBurst burst ->
          Optional.of(balance(current, burst.creditCapacityBytes()));
      case Performance.Steady _, Performance.Unshaped _ -> Optional.empty();
    };
  }

  private BurstBalance balance(Shape current, long capacity) {
    return current
        .limiter()
        .credits()
        .map(bucket -> bucket.burstBalance(now(), current.creditUnit()))
        .orElse(new BurstBalance(capacity, capacity));
  }

  /// What to tell about the volume's limits.
  ///
  /// @param lastMinute what it achieved of late, from [VolumeMetrics#lastMinute]
  public ThrottleStatus status(Achieved lastMinute) {
    Performance performance = performance();
    Optional<BurstBalance> balance = burstBalance();
    OptionalLong secondsLeft =
        balance.isPresent()
            ? ThrottleStatus.secondsLeft(performance, balance.get(), lastMinute)
            : OptionalLong.empty();
    return new ThrottleStatus(performance, balance, secondsLeft);
  }

  /// How long requests were held up by the limits of this volume.
  public Exceeded exceeded() {
    return counters.sum();
  }

  private long now() {
    return time.nanoTime() - originNanos;
  }

  /// The way in of one connection. It knows the connection's last request, so that sequential ones
  /// count together, and whether one of its requests waits.
  ///
  /// The rule of fairness is the caller's to keep: do not admit while [#waitingNanos] is above 0.
  /// Safe for use by many threads.
  public final class Flow {
    private final Optional<InstanceLimit> instance;
    private final AtomicLong window = new AtomicLong(IoCost.NO_WINDOW);
    private volatile long dueNanos = originNanos; // of the last request that had to wait

    private Flow(Optional<InstanceLimit> instance) {
      this.instance = instance;
    }

    /// Charges a request, whatever it costs, and tells how long it has to wait.
    ///
    /// @param offset where it begins, in bytes
    /// @param length how many bytes it concerns; the range must lie inside the volume. Nothing is
    ///   charged for 0.
    /// @return nanoseconds from now, 0 for none
    public long admit(IoKind kind, long offset, long length) {
      assert offset >= 0 && length >= 0 && offset + length >= 0;
      if (length == 0) {
        return 0;
      }
      Shape current = shape;
      long before = IoCost.NO_WINDOW;
      if (kind != IoKind.TRIM) {
        before = moveWindow(current.cost(), kind != IoKind.READ, offset, length);
      }
      long operations = operations(current.cost(), before, kind, offset, length);
      long sectors = sectors(current.cost(), before, kind, offset, length);
      long nanoTime = time.nanoTime();
      long wait = current.limiter().reserve(operations, sectors, nanoTime - originNanos);
      if (instance.isPresent()) {
        wait = Math.max(wait, instance.get().reserve(operations, sectors, nanoTime));
      }
      if (wait > 0) {
        dueNanos = nanoTime + wait;
      }
      return wait;
    }

    /// Whether a request would be admitted without a wait. Charges nothing.
    public boolean wouldAdmit(IoKind kind, long offset, long length) {
      Shape current = shape;
      long before = window.get();
      long operations = operations(current.cost(), before, kind, offset, length);
      long sectors = sectors(current.cost(), before, kind, offset, length);
      long nanoTime = time.nanoTime();
      return current.limiter().has(operations, sectors, nanoTime - originNanos)
          && (instance.isEmpty() || instance.get().has(operations, sectors, nanoTime));
    }

    /// How long the last request that had to wait still has to; 0 or less if none waits.
    public long waitingNanos() {
      return dueNanos - time.nanoTime();
    }

    private long moveWindow(IoCost cost, boolean write, long offset, long length) {
      while (true) {
        long before = window.get();
        if (window.compareAndSet(before, cost.next(before, write, offset, length))) {
          return before;
        }
      }
    }

    private static long operations(
        IoCost cost, long window, IoKind kind, long offset, long length) {
      return kind == IoKind.TRIM ? 1 : cost.operations(window, kind != IoKind.READ, offset, length);
    }

    private static long sectors(IoCost cost, long window, IoKind kind, long offset, long length) {
      return kind == IoKind.TRIM ? 0 : cost.sectors(window, kind != IoKind.READ, offset, length);
    }
  }
}
