package dev.quarry.shaping;

import static dev.quarry.shaping.Workloads.GIB;
import static dev.quarry.shaping.Workloads.KIB;
import static dev.quarry.shaping.Workloads.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.IoKind;
import dev.quarry.shaping.Performance.ByteBurst;
import dev.quarry.shaping.Performance.IoBurst;
import dev.quarry.shaping.Performance.Steady;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// A throttle with all its buckets, whatever requests come and whenever.
final class ThrottleProperties {
  private static final long SECOND = 1_000_000_000L;

  /// A request: how long after the last, how long, on which of the flows.
  record Request(long gapNanos, long length, int flow) {}

  record GoneAhead(long nanos, long length) {}

  @Provide
  Arbitrary<Performance> performances() {
    Arbitrary<Performance> steady =
        Combinators.combine(
                Arbitraries.longs().between(1, 256_000),
                Arbitraries.longs().between(1, 4_000).map(mibps -> mibps * MIB))
            .as(Steady::new);
    Arbitrary<Performance> gp2 =
        Combinators.combine(
                Arbitraries.longs().between(100, 2_999),
                Arbitraries.of(30L, 100L, 5_400_000L),
                Arbitraries.of(128 * MIB, 250 * MIB))
            .as((base, credits, bps) -> new IoBurst(base, 3_000, credits, bps, 128 * MIB));
    Arbitrary<Performance> disk =
        Combinators.combine(
                Arbitraries.longs().between(1, 40), Arbitraries.of(2 * MIB, GIB, 1024 * GIB))
            .as((base, credits) -> new ByteBurst(base * MIB, 50 * base * MIB / 8, credits, 500));
    return Arbitraries.oneOf(steady, gp2, disk);
  }

  @Provide
  Arbitrary<List<Request>> requests() {
    Arbitrary<Long> gaps =
        Arbitraries.oneOf(
            Arbitraries.just(0L),
            Arbitraries.longs().between(0, 2_000_000),
            Arbitraries.longs().between(0, SECOND));
    Arbitrary<Long> lengths =
        Arbitraries.oneOf(
            Arbitraries.just(4 * KIB),
            Arbitraries.longs().between(1, 32 * MIB),
            Arbitraries.of(128 * KIB, 256 * KIB, MIB));
    return Combinators.combine(gaps, lengths, Arbitraries.integers().between(0, 2))
        .as(Request::new)
        .list()
        .ofMinSize(2)
        .ofMaxSize(150);
  }

  /// In any window both I/Os and bytes stay within tolerance, credits and rate × time, and requests
  /// go ahead in the order they came.
  @Property(tries = 500)
  void anyWindow_ofAnyVolume_staysWithinItsFigures(
      @ForAll("performances") Performance performance, @ForAll("requests") List<Request> requests) {
    List<GoneAhead> gone = run(performance, requests);
    for (int i = 0; i < gone.size(); i++) {
      long operations = 0;
      long bytes = 0;
      for (int j = i; j < gone.size(); j++) {
        long span = gone.get(j).nanos - gone.get(i).nanos;
        assertTrue(span >= 0, "in order");
        operations += leastOperations(performance, gone.get(j).length);
        bytes += gone.get(j).length;
        long first = gone.get(i).length;
        checkOperations(performance, operations, leastOperations(performance, first), span);
        checkBytes(performance, bytes, first, span);
      }
    }
  }

  private static void checkOperations(Performance performance, long count, long first, long span) {
    long rate = performance.burstIops().getAsLong();
    long tolerance = Math.max(first, Math.max(1, Math.ceilDiv(rate, 20)));
    long bound = tolerance + Math.ceilDiv(rate * span, SECOND);
    assertTrue(count <= bound, () -> count + " operations > " + bound);
    if (performance instanceof IoBurst burst) {
      long credits =
          Math.max(first, burst.creditCapacity()) + Math.ceilDiv(burst.baseline() * span, SECOND);
      assertTrue(count <= credits, () -> count + " operations > " + credits + " credits");
    }
  }

  private static void checkBytes(Performance performance, long bytes, long first, long span) {
    long rate = performance.burstBytesPerSecond().getAsLong();
    long unit = performance instanceof ByteBurst ? MIB : 256 * KIB;
    long tolerance = Math.max(first, Math.max(unit, rate / 20)) + 1_024;
    long bound = tolerance + (long) Math.ceil((double) rate * span / SECOND);
    assertTrue(bytes <= bound, () -> bytes + " bytes > " + bound);
    if (performance instanceof ByteBurst burst) {
      long credits =
          Math.max(first, burst.creditCapacityBytes())
              + 1_024
              + (long) Math.ceil((double) burst.base() * span / SECOND);
      assertTrue(bytes <= credits, () -> bytes + " bytes > " + credits + " of credits");
    }
  }

  /// A flow that is asked first whether it would admit is answered as it then admits.
  @Property(tries = 200)
  void wouldAdmit_beforeAdmitting_tellsWhetherThereIsAWait(
      @ForAll("performances") Performance performance, @ForAll("requests") List<Request> requests) {
    ManualTime time = new ManualTime(0);
    Throttle.Flow flow = Throttle.create(performance, time).flow();
    for (Request request : requests) {
      time.pause(request.gapNanos);
      long offset = 4 * GIB * request.flow;
      boolean would = flow.wouldAdmit(IoKind.WRITE, offset, request.length);
      long wait = flow.admit(IoKind.WRITE, offset, request.length);
      if (!(performance instanceof IoBurst)) {
        assertEquals(would, wait == 0);
      } else if (wait == 0) {
        assertTrue(would); // admitting may itself spend the last credits
      }
    }
  }

  /// Requests that never let up get at least the rate of the limit that holds them up: nothing
  /// idles while work waits and tokens are there.
  @Property(tries = 200)
  void backlog_ofAnyVolume_getsTheFullRateOfOneOfItsLimits(
      @ForAll("performances") Performance performance, @ForAll("requests") List<Request> requests) {
    List<Request> backlog = new ArrayList<>();
    for (Request request : requests) {
      backlog.add(new Request(0, request.length, request.flow));
    }
    List<GoneAhead> gone = run(performance, backlog);
    long span = gone.getLast().nanos;
    long operations = 0;
    long paid = 0;
    for (GoneAhead request : gone) {
      operations += leastOperations(performance, request.length) + 1;
      paid += Math.max(request.length, performance instanceof ByteBurst ? MIB : 0) + 512;
    }
    double iops = performance.baselineIops().getAsLong();
    double bytesPerSecond = performance.baselineBytesPerSecond().getAsLong() / 512 * 512;
    double needed = Math.max(operations / iops, 0) + paid / bytesPerSecond;
    assertTrue(span <= needed * SECOND + 1, () -> span + " ns > " + needed + " s");
  }

  private static List<GoneAhead> run(Performance performance, List<Request> requests) {
    ManualTime time = new ManualTime(0);
    Throttle throttle = Throttle.create(performance, time);
    Throttle.Flow[] flows = {throttle.flow(), throttle.flow(), throttle.flow()};
    List<GoneAhead> gone = new ArrayList<>();
    long offset = 0;
    for (Request request : requests) {
      time.pause(request.gapNanos);
      offset += 4 * GIB; // continues nothing
      long wait = flows[request.flow].admit(IoKind.READ, offset, request.length);
      assertTrue(wait >= 0);
      gone.add(new GoneAhead(time.nanoTime() + wait, request.length));
    }
    return gone;
  }

  private static long leastOperations(Performance performance, long length) {
    return Math.ceilDiv(length, performance instanceof ByteBurst ? MIB : 256 * KIB);
  }
}
