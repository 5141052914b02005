package dev.quarry.shaping;

import static dev.quarry.shaping.Workloads.KIB;
import static dev.quarry.shaping.Workloads.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.shaping.Performance.Steady;
import dev.quarry.shaping.SimulatedClient.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ThrottleFairnessTest {
  private static final int SECONDS = 20;

  private final Simulation simulation = new Simulation();

  @ParameterizedTest
  @CsvSource({"1", "3", "15"})
  void shallowConnection_besideDeepOnes_getsItsShare(int deepCount) {
    Throttle throttle = Throttle.create(new Steady(3_000, 125 * MIB), simulation.time());
    List<SimulatedClient> deep = new ArrayList<>();
    for (int i = 0; i < deepCount; i++) {
      deep.add(simulation.client(throttle.flow(), Workloads.random(4 * KIB, 256), Timer.exact()));
    }
    SimulatedClient shallow =
        simulation.client(throttle.flow(), Workloads.random(4 * KIB, 1), Timer.exact());
    simulation.runFor(Duration.ofSeconds(SECONDS));
    // It is away from the queue while it is served, 20 µs of each turn.
    double share = 3_000.0 * SECONDS / (deepCount + 1);
    assertEquals(share, shallow.operations(), 0.1 * share);
    for (SimulatedClient client : deep) {
      assertEquals(share, client.operations(), 0.1 * share);
    }
  }

  /// With timers of a millisecond a shallow connection loses what its own timers cost it, no more:
  /// it waits for one request of the other, for its own cost, and for its timer.
  @ParameterizedTest
  @CsvSource({"1000", "3000", "16000"})
  void shallowConnection_withLateTimers_waitsNoLongerThanTheBound(int iops) {
    Throttle throttle = Throttle.create(new Steady(iops, 1_000 * MIB), simulation.time());
    simulation.client(throttle.flow(), Workloads.random(4 * KIB, 256), Timer.ticks(1_000_000));
    SimulatedClient shallow =
        simulation.client(throttle.flow(), Workloads.random(4 * KIB, 1), Timer.ticks(1_000_000));
    simulation.runFor(Duration.ofSeconds(SECONDS));
    double longestTurn = 2.0 / iops + 0.001 + 0.00002;
    assertTrue(
        shallow.operations() >= SECONDS / longestTurn - 1,
        () -> shallow.operations() + " in " + SECONDS + " s");
  }

  @Test
  void smallRequests_besideLargeOnes_waitForOneLargeRequestAtATime() {
    Throttle throttle = Throttle.create(new Steady(3_000, 125 * MIB), simulation.time());
    SimulatedClient large =
        simulation.client(throttle.flow(), Workloads.random(MIB, 256), Timer.exact());
    SimulatedClient small =
        simulation.client(throttle.flow(), Workloads.random(4 * KIB, 1), Timer.exact());
    simulation.runFor(Duration.ofSeconds(SECONDS));
    assertEquals(large.operations(), small.operations(), 0.01 * large.operations() + 10);
    assertEquals(125.0 * SECONDS, (large.bytes() + small.bytes()) / (double) MIB, 25.0);
  }
}
