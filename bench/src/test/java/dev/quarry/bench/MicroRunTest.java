package dev.quarry.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.cli.Quarry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every benchmark for a moment, so that none rots.
final class MicroRunTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int quarry(String... words) {
    return Quarry.run(new PrintWriter(out), new PrintWriter(err), words);
  }

  @Test
  void everyBenchmark_runs() {
    List<MicroRun.Score> scores = new MicroRun(List.of(), 1, true).run();
    assertEquals(
        new TreeSet<>(MicroRun.names()),
        scores.stream()
            .map(s -> s.name().split(" ")[0])
            .collect(Collectors.toCollection(TreeSet::new)));
    assertTrue(scores.stream().allMatch(s -> s.nanos() > 0), scores::toString);
  }

  @Test
  void savedResults_areComparedWith(@TempDir Path folder) throws Exception {
    String file = folder.resolve("before.json").toString();
    assertEquals(0, quarry("bench", "micro", "Baseline", "--quick", "--save", file), err::toString);
    assertTrue(Files.size(Path.of(file)) > 0);
    assertEquals(
        0, quarry("bench", "micro", "Baseline", "--quick", "--compare", file), err::toString);
    assertTrue(
        out.toString().lines().anyMatch(l -> l.matches("Baseline.clock .* [+-].* %")),
        out::toString);
  }

  @Test
  void unknownBenchmark_isToldWithThoseThereAre() {
    assertEquals(1, quarry("bench", "micro", "nothing-like-it"));
    assertTrue(err.toString().contains("Throttle.admit"), err::toString);
  }
}
