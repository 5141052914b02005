package dev.quarry.shaping;

import static dev.quarry.shaping.Workloads.GIB;
import static dev.quarry.shaping.Workloads.KIB;
import static dev.quarry.shaping.Workloads.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quarry.block.IoKind;
import dev.quarry.shaping.Performance.ByteBurst;
import dev.quarry.shaping.Performance.Steady;
import dev.quarry.shaping.SimulatedClient.Timer;
import dev.quarry.shaping.SimulatedClient.Workload;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SimulationTest {
  private static final long SECOND = 1_000_000_000L;

  private final Simulation simulation = new Simulation();

  @Test
  void closedLoop_belowTheLimit_isAsFastAsItsService() {
    Throttle throttle = Throttle.create(new Steady(3_000, 125 * MIB), simulation.time());
    Workload slow = new Workload(IoKind.READ, 4096, false, GIB, 2, SECOND / 100, 0);
    SimulatedClient client = simulation.client(throttle.flow(), slow, Timer.exact());
    simulation.runFor(Duration.ofSeconds(10));
    assertEquals(2_000, client.operations(), 2);
    assertEquals(4096 * client.operations(), client.bytes());
  }

  @Test
  void openLoop_belowTheLimit_isAsFastAsItArrives() {
    Throttle throttle = Throttle.create(new Steady(3_000, 125 * MIB), simulation.time());
    Workload open = new Workload(IoKind.WRITE, 4096, true, GIB, 1, 1, SECOND / 500);
    SimulatedClient client = simulation.client(throttle.flow(), open, Timer.exact());
    simulation.runFor(Duration.ofSeconds(10));
    assertEquals(5_000, client.operations(), 2);
  }

  @Test
  void openLoop_aboveTheLimit_isHeldToIt() {
    Throttle throttle = Throttle.create(new Steady(3_000, 125 * MIB), simulation.time());
    Workload open = new Workload(IoKind.WRITE, 4096, true, GIB, 1, 1, SECOND / 5_000);
    SimulatedClient client = simulation.client(throttle.flow(), open, Timer.exact());
    simulation.runFor(Duration.ofSeconds(10));
    assertEquals(30_000, client.operations(), 300);
  }

  @Test
  void stoppedClient_doesNoMore() {
    Throttle throttle = Throttle.create(new Steady(3_000, 125 * MIB), simulation.time());
    SimulatedClient client =
        simulation.client(throttle.flow(), Workloads.random(4096, 1), Timer.exact());
    simulation.runFor(Duration.ofSeconds(1));
    simulation.stop(client);
    long before = client.operations();
    simulation.runFor(Duration.ofSeconds(1));
    assertEquals(before, client.operations());
    assertEquals(2 * SECOND, simulation.time().nanoTime());
  }

  /// One sequential scan of the whole volume fits the credits at the burst rate, as the EBS User
  /// Guide says of hard disks ("full-volume scan").
  @ParameterizedTest
  @CsvSource({
    // TiB, base and burst MiB/s, published hours
    "1, 40, 250, 1.17",
    "4, 160, 500, 2.33",
    "1, 12, 80, 3.64",
    "4, 48, 250, 4.66",
  })
  void hardDisk_scannedOnce_takesThePublishedTime(int tib, int base, int burst, double hours) {
    ByteBurst figures = new ByteBurst(base * MIB, burst * MIB, tib * 1024L * GIB, 500);
    Throttle throttle = Throttle.create(figures, simulation.time());
    Workload scan = new Workload(IoKind.READ, 1024 * KIB, true, tib * 1024L * GIB, 4, 1_000_000, 0);
    SimulatedClient client = simulation.client(throttle.flow(), scan, Timer.exact());
    while (client.bytes() < tib * 1024L * GIB) {
      simulation.runFor(Duration.ofSeconds(1));
    }
    assertEquals(hours, simulation.time().nanoTime() / 1e9 / 3_600, 0.005);
  }

  @Test
  void workload_thatCannotBe_isRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> new Workload(IoKind.READ, 0, false, GIB, 1, 1, 0));
    assertThrows(
        IllegalArgumentException.class, () -> new Workload(IoKind.READ, 4096, false, GIB, 1, 0, 0));
  }
}
