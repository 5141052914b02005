package dev.quarry.shaping;

import static dev.quarry.shaping.Workloads.KIB;
import static dev.quarry.shaping.Workloads.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.IoKind;
import dev.quarry.shaping.InstanceLimit.Figures;
import dev.quarry.shaping.Performance.Steady;
import dev.quarry.shaping.Performance.Unshaped;
import dev.quarry.shaping.SimulatedClient.Timer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class InstanceLimitTest {
  private static final int SECONDS = 20;

  private final Simulation simulation = new Simulation();

  @ParameterizedTest
  @CsvSource({"1", "4", "32"})
  void twoVolumes_thatTogetherWantMore_shareTheLimit(int depth) {
    InstanceLimit instance = create(Figures.steady(4_000, 1_000 * MIB));
    SimulatedClient one = client(3_000, instance, depth);
    SimulatedClient other = client(3_000, instance, depth);
    simulation.runFor(Duration.ofSeconds(SECONDS));
    assertEquals(4_000 * SECONDS, one.operations() + other.operations(), 40 * SECONDS);
    assertEquals(2_000 * SECONDS, one.operations(), 200 * SECONDS);
    assertTrue(instance.exceeded().iopsNanos() > 0);
    assertEquals(0, instance.exceeded().throughputNanos());
  }

  @Test
  void volumes_thatTogetherWantLess_areHeldToTheirOwnLimits() {
    InstanceLimit instance = create(Figures.steady(4_000, 1_000 * MIB));
    SimulatedClient slow = client(100, instance, 32);
    SimulatedClient fast = client(3_000, instance, 32);
    simulation.runFor(Duration.ofSeconds(SECONDS));
    assertEquals(100 * SECONDS, slow.operations(), SECONDS);
    assertEquals(3_000 * SECONDS, fast.operations(), 30 * SECONDS);
  }

  /// A volume far below the limit waits long for itself; the limit must go on for the others.
  @Test
  void slowVolume_besideAFastOne_doesNotHoldBackTheLimit() {
    InstanceLimit instance = create(Figures.steady(2_000, 1_000 * MIB));
    SimulatedClient slow = client(10, instance, 32);
    SimulatedClient fast = client(3_000, instance, 32);
    simulation.runFor(Duration.ofSeconds(SECONDS));
    assertEquals(10 * SECONDS, slow.operations(), 2);
    assertEquals(1_990 * SECONDS, fast.operations(), 20 * SECONDS);
  }

  @Test
  void throughput_isSharedToo() {
    InstanceLimit instance = create(Figures.steady(100_000, 200 * MIB));
    Throttle throttle = Throttle.create(new Unshaped(), simulation.time());
    SimulatedClient client =
        simulation.client(throttle.flow(instance), Workloads.random(256 * KIB, 8), Timer.exact());
    simulation.runFor(Duration.ofSeconds(SECONDS));
    assertEquals(200 * SECONDS, client.bytes() / (double) MIB, 2 * SECONDS);
  }

  @Test
  void burst_lastsItsTimeAndThenTheBaselineHolds() {
    InstanceLimit instance = create(new Figures(1_000, 50 * MIB, 4_000, 200 * MIB, 1_800));
    Throttle throttle = Throttle.create(new Unshaped(), simulation.time());
    SimulatedClient client =
        simulation.client(throttle.flow(instance), Workloads.random(4 * KIB, 8), Timer.exact());
    simulation.runFor(Duration.ofMinutes(15));
    assertEquals(50.0, instance.ioBalance().percent(), 0.01);
    simulation.runFor(Duration.ofMinutes(15));
    assertEquals(4_000 * 1_800, client.operations(), 4_000);
    assertEquals(0.0, instance.ioBalance().percent(), 0.01);
    long before = client.operations();
    simulation.runFor(Duration.ofMinutes(1));
    assertEquals(60_000, client.operations() - before, 600);
    assertEquals(100.0, instance.byteBalance().percent(), 0.01);
  }

  @Test
  void wouldAdmit_heldUpByTheInstance_saysNo() {
    ManualTime time = new ManualTime(0);
    InstanceLimit instance = InstanceLimit.create(Figures.steady(20, 100 * MIB), time);
    Throttle.Flow flow = Throttle.create(new Unshaped(), time).flow(instance);
    assertTrue(flow.wouldAdmit(IoKind.READ, 0, 4096));
    assertEquals(0, flow.admit(IoKind.READ, 0, 4096));
    assertFalse(flow.wouldAdmit(IoKind.READ, 0, 4096));
    assertEquals(50_000_000, flow.admit(IoKind.READ, 0, 4096));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 1, 1, 0",
    "1, 0, 1, 1, 0",
    "2, 2, 1, 2, 10",
    "2, 2, 2, 1, 10",
    "2, 2, 3, 2, 0",
    "2, 2, 3, 3, -1",
  })
  void figures_thatCannotBe_areRefused(
      long iops, long bytes, long burstIops, long burstBytes, long seconds) {
    assertThrows(
        IllegalArgumentException.class,
        () -> new Figures(iops, bytes, burstIops, burstBytes, seconds));
  }

  private InstanceLimit create(Figures figures) {
    return InstanceLimit.create(figures, simulation.time());
  }

  private SimulatedClient client(int iops, InstanceLimit instance, int depth) {
    Throttle throttle = Throttle.create(new Steady(iops, 1_000 * MIB), simulation.time());
    return simulation.client(
        throttle.flow(instance), Workloads.random(4 * KIB, depth), Timer.exact());
  }
}
