package dev.quarry.interop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.interop.ShapingLoad.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Many volumes at their limits at once, one client each.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(600)
class ShapingCrowdTest {
  private static final long GIB = 1L << 30;
  private static final Shape EACH = Shape.random(1, 2);

  @RegisterExtension final NodeFixture fixture = new NodeFixture("shaping-crowd");

  @Test
  void hundredVolumes_atTheirLimits_allHaveTheirRate() throws Exception {
    run(100, 100, 3, 0.1);
  }

  @Test
  @EnabledIfSystemProperty(named = "quarry.soak", matches = "true")
  void thousandVolumes_atTheirLimits_allHaveTheirRate() throws Exception {
    run(1000, 100, 10, 0.02);
  }

  /// @param off by how much a rate may be off
  private void run(int count, int iops, int seconds, double off) throws Exception {
    NodeUnderTest node = fixture.node();
    List<ServedVolume> volumes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      volumes.add(node.create(Map.of("sizeBytes", 4 * GIB, "type", "io1", "iops", iops)));
    }
    List<ShapingLoad> loads = new ArrayList<>();
    List<ShapingTrace> traces = new ArrayList<>();
    long begin;
    long end;
    try {
      for (ServedVolume volume : volumes) {
        loads.add(ShapingLoad.start(volume, EACH));
      }
      Thread.sleep(1000); // what a new volume may do at once is behind them
      begin = System.nanoTime();
      double before = cpuSeconds(node.pid());
      Thread.sleep(seconds * 1000L);
      double used = cpuSeconds(node.pid()) - before;
      end = System.nanoTime();
      report(node, used / ((end - begin) / 1e9), used / ((double) count * iops * seconds));
      for (ShapingLoad load : loads) {
        traces.add(load.stop());
      }
    } finally {
      for (ShapingLoad load : loads) {
        load.close();
      }
    }
    double least = Double.MAX_VALUE;
    double most = 0;
    for (ShapingTrace trace : traces) {
      new ShapingLimit(iops).checkNeverAbove(trace, 1);
      double rate = trace.rate(begin, end);
      least = Math.min(least, rate);
      most = Math.max(most, rate);
    }
    System.err.printf(
        "%d volumes of %d IOPS for %d s: %.1f to %.1f%n", count, iops, seconds, least, most);
    assertTrue(least >= iops * (1 - off) && most <= iops * (1 + off), least + " to " + most);
  }

  private static void report(NodeUnderTest node, double processors, double secondsPerRequest)
      throws IOException {
    System.err.printf(
        "the node: %.2f processors, %.0f us a request, %s, %s%n",
        processors,
        secondsPerRequest * 1e6,
        status(node.pid(), "Threads"),
        status(node.pid(), "VmRSS"));
  }

  private static String status(long pid, String member) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith(member + ":"))
        .findFirst()
        .orElseThrow()
        .replaceAll("\\s+", " ");
  }

  private static double cpuSeconds(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0; // USER_HZ
  }
}
