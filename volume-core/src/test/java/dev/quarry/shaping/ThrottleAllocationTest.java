package dev.quarry.shaping;

import static dev.quarry.shaping.Workloads.GIB;
import static dev.quarry.shaping.Workloads.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.quarry.block.IoKind;
import dev.quarry.shaping.Performance.ByteBurst;
import dev.quarry.shaping.Performance.IoBurst;
import dev.quarry.shaping.Performance.Steady;
import dev.quarry.shaping.Performance.Unshaped;
import java.lang.management.ManagementFactory;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ThrottleAllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final ManualTime time = new ManualTime(0);

  static Stream<Performance> performances() {
    return Stream.of(
        new Unshaped(),
        new Steady(3_000, 125 * MIB),
        new IoBurst(750, 3_000, 1_000, 250 * MIB, 128 * MIB),
        new ByteBurst(40 * MIB, 250 * MIB, GIB, 500));
  }

  @ParameterizedTest
  @MethodSource("performances")
  void admit_withAndWithoutWaits_makesNoObject(Performance performance) {
    InstanceLimit instance =
        InstanceLimit.create(InstanceLimit.Figures.steady(2_000, 100 * MIB), time);
    Throttle.Flow flow = Throttle.create(performance, time).flow(instance);
    long waited = admitMany(flow);
    assertTrue(waited > 0);
    long before = THREADS.getCurrentThreadAllocatedBytes();
    admitMany(flow);
    assertEquals(0, THREADS.getCurrentThreadAllocatedBytes() - before);
  }

  private long admitMany(Throttle.Flow flow) {
    long waited = 0;
    for (int i = 0; i < 20_000; i++) {
      if (flow.wouldAdmit(IoKind.READ, i * MIB, 4096)) {
        time.pause(1);
      }
      long wait = flow.admit(i % 2 == 0 ? IoKind.READ : IoKind.WRITE, i * MIB, 4096);
      waited += wait;
      time.pause(i % 1_000 == 0 ? 100_000_000 : wait);
    }
    return waited;
  }
}
