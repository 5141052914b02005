package dev.quarry.shaping;

import static dev.quarry.shaping.Workloads.GIB;
import static dev.quarry.shaping.Workloads.KIB;
import static dev.quarry.shaping.Workloads.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.quarry.shaping.Performance.ByteBurst;
import dev.quarry.shaping.Performance.IoBurst;
import dev.quarry.shaping.Performance.Steady;
import dev.quarry.shaping.SimulatedClient.Timer;
import dev.quarry.shaping.SimulatedClient.Workload;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The rate of 20 seconds, and of any 100 ms in them, against the formula: whatever the queue
/// depth, the number of connections, and however late timers are.
final class ThrottleExactnessTest {
  private static final long WINDOW_NANOS = 100_000_000;
  private static final int SECONDS = 20;
  private static final SavedCredits NONE = new SavedCredits(0, new Moment(0, 0, "boot"));

  private final Simulation simulation = new Simulation();

  static Stream<Arguments> cases() {
    IoBurst gp2 = new IoBurst(300, 3_000, 5_400_000, 128 * MIB, 128 * MIB);
    List<Object[]> volumes =
        List.of(
            new Object[] {"gp3 3,000", new Steady(3_000, 125 * MIB), true, 4 * KIB, 3_000},
            new Object[] {"gp3 16,000", new Steady(16_000, 1_000 * MIB), true, 4 * KIB, 16_000},
            new Object[] {"io1 1,000", new Steady(1_000, 250 * MIB), true, 4 * KIB, 1_000},
            new Object[] {"gp3 125 MiB/s", new Steady(3_000, 125 * MIB), true, 128 * KIB, 1_000},
            new Object[] {"gp2 full", gp2, true, 4 * KIB, 3_000},
            new Object[] {"gp2 spent", gp2, false, 4 * KIB, 300},
            new Object[] {
              "st1 full", new ByteBurst(40 * MIB, 250 * MIB, 1024 * GIB, 500), true, MIB, 250
            },
            new Object[] {
              "st1 spent", new ByteBurst(40 * MIB, 250 * MIB, 1024 * GIB, 500), false, MIB, 40
            });
    List<String> timers = List.of("exact", "ticks", "late");
    return volumes.stream()
        .flatMap(v ->
            Stream.of(1, 4, 32, 256)
                .flatMap(depth ->
                    Stream.of(1, 4)
                        .flatMap(connections ->
                            timers.stream()
                                .map(timer ->
                                    arguments(
                                        v[0],
                                        v[1],
                                        v[2],
                                        v[3],
                                        v[4],
                                        depth,
                                        connections,
                                        timer)))));
  }

  @ParameterizedTest(name = "{0} QD {5} × {6} timer {7}")
  @MethodSource("cases")
  void rate_atAnyDepthAndAnyTimer_isThatOfTheFormula(
      String name,
      Performance performance,
      boolean full,
      long length,
      int iops,
      int depth,
      int connections,
      String timer) {
    Throttle throttle =
        full
            ? Throttle.create(performance, simulation.time())
            : Throttle.resume(performance, NONE, NONE.savedAt(), simulation.time());
    Times times = new Times(2 * iops * SECONDS);
    for (int i = 0; i < connections; i++) {
      Workload workload = Workloads.random(length, depth);
      simulation.client(throttle.flow(), workload, timer(timer, i)).observe(times::add);
    }
    simulation.runFor(Duration.ofSeconds(SECONDS));

    assertEquals(iops * SECONDS, times.count, 0.01 * iops * SECONDS, name);
    checkWindows(times, iops);
  }

  /// When requests went ahead, in order.
  private static final class Times {
    private final long[] nanos;
    private int count;

    Times(int capacity) {
      nanos = new long[capacity];
    }

    void add(long time) {
      nanos[count++] = time;
    }
  }

  /// No 100 ms above 1.05 × the rate and the tolerance, which is 50 ms of the rate or one request.
  private static void checkWindows(Times times, int iops) {
    double bound = 1.05 * iops / 10 + Math.max(1, iops / 20.0);
    int most = 0;
    int from = 0;
    for (int to = 0; to < times.count; to++) {
      while (times.nanos[to] - times.nanos[from] >= WINDOW_NANOS) {
        from++;
      }
      most = Math.max(most, to - from + 1);
    }
    assertTrue(most <= bound, most + " in 100 ms, bound " + bound);
  }

  private static Timer timer(String name, int seed) {
    return switch (name) {
      case "exact" -> Timer.exact();
      case "ticks" -> Timer.ticks(1_000_000);
      default -> Timer.late(50_000, 1_000_000, seed);
    };
  }

  static LongStream sizes() {
    return LongStream.of(171, 250, 333);
  }

  /// Between 170 and 334 GiB a gp2 volume has its high throughput only with credits: once they are
  /// gone, large requests are held to the low one until credits have come in again.
  @ParameterizedTest
  @MethodSource("sizes")
  void gp2OfMiddleSize_largeRequestsWithoutCredits_staysBetweenItsTwoThroughputs(long gib) {
    long baseline = 3 * gib;
    Throttle throttle =
        Throttle.resume(
            new IoBurst(baseline, 3_000, 5_400_000, 250 * MIB, 128 * MIB),
            NONE,
            NONE.savedAt(),
            simulation.time());
    SimulatedClient client =
        simulation.client(throttle.flow(), Workloads.random(256 * KIB, 8), Timer.exact());
    simulation.runFor(Duration.ofSeconds(SECONDS));
    double mibps = (double) client.bytes() / MIB / SECONDS;
    double expected = Math.min(250, baseline / 4.0); // what the earned credits allow
    assertEquals(Math.max(128, expected), mibps, 0.02 * expected);
  }
}
