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
@Timeout(900)
class ShapingCrowdTest {
  private static final long GIB = 1L << 30;
  private static final int CROWD = Integer.getInteger("quarry.crowd", 1000);
  private static final Shape EACH = Shape.random(1, 2);

  @RegisterExtension final NodeFixture fixture = new NodeFixture("shaping-crowd");

  @Test
  void hundredVolumes_atTheirLimits_allHaveTheirRate() throws Exception {
    run(100, Map.of("sizeBytes", 4 * GIB, "type", "io1", "iops", 100), 100, 3, 0.1);
  }

  /// A hard disk pays 1 MiB for each random read, and the smallest sc1 has 80 MiB/s a TiB: some ten
  /// a second, the lightest load that there is at a limit.
  @Test
  @EnabledIfSystemProperty(named = "quarry.soak", matches = "true")
  void thousandVolumes_atTheirLimits_allHaveTheirRate() throws Exception {
    run(CROWD, Map.of("sizeBytes", 125 * GIB, "type", "sc1"), 80 * 125 / 1024.0, 10, 0.02);
  }

  /// @param off by how much a rate may be off, besides one request
  private void run(int count, Map<String, ?> asked, double perSecond, int seconds, double off)
      throws Exception {
    NodeUnderTest node = fixture.node();
    List<ServedVolume> volumes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      volumes.add(node.create(asked));
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
      report(node, used / ((end - begin) / 1e9), used / (count * perSecond * seconds));
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
      new ShapingLimit(perSecond).checkNeverAbove(trace, 1);
      double rate = trace.rate(begin, end);
      least = Math.min(least, rate);
      most = Math.max(most, rate);
    }
    System.err.printf(
        "%d volumes of %.2f IOPS for %d s: %.2f to %.2f%n", count, perSecond, seconds, least, most);
    double slack = perSecond * off + 1.0 / seconds;
    assertTrue(
        least >= perSecond - slack && most <= perSecond + slack,
        "%.2f to %.2f of %.2f".formatted(least, most, perSecond));
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
