package dev.quarry.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.cli.Quarry;
import dev.quarry.node.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TiersCommandTest {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int quarry(String... words) {
    return Quarry.run(new PrintWriter(out), new PrintWriter(err), words);
  }

  @Test
  void tiers_underAJob_areComparedInATable() {
    assertEquals(
        0,
        quarry(
            "bench",
            "tiers",
            "gp2:100GiB",
            "gp3:100GiB",
            "--for",
            "10s",
            "--job",
            "rw=randread bs=4k rate=3500",
            "--goal",
            "p99=10ms"),
        err::toString);
    assertTrue(out.toString().contains("gp3:100GiB"), out::toString);
    assertTrue(out.toString().contains("None of 2 is good enough"), out::toString);
  }

  @Test
  void results_areWrittenAsJsonCsvAndHtml() throws IOException {
    Path json = folder.resolve("r.json");
    Path csv = folder.resolve("r.csv");
    Path html = folder.resolve("r.html");
    assertEquals(
        0,
        quarry(
            "bench",
            "tiers",
            "gp3:100GiB",
            "--workload",
            "boot-storm",
            "--for",
            "5s",
            "--json",
            json.toString(),
            "--csv",
            csv.toString(),
            "--report",
            html.toString(),
            "--output",
            "json"),
        err::toString);
    JsonObject read = JsonObject.parse(Files.readAllBytes(json));
    assertEquals(out.toString(), Files.readString(json));
    assertEquals("boot-storm", read.text("workload").orElseThrow());
    JsonObject tier = read.objects("tiers").getFirst();
    assertEquals(3_000, tier.decimal("iops").orElseThrow(), 60);
    assertEquals(tier.objects("series").size() + 1, Files.readAllLines(csv).size());
    assertTrue(
        read.text("command").orElseThrow().startsWith("./quarry bench tiers gp3:100GiB --workload"),
        read::toString);
    assertTrue(Files.readString(html).contains("</html>"));
  }

  @Test
  void trace_isReplayed() throws IOException {
    Path trace = folder.resolve("own.iolog");
    StringBuilder lines = new StringBuilder("fio version 3 iolog\n");
    for (int i = 0; i < 2_000; i++) {
      lines.append(i * 1_000L).append(" /d write ").append(i % 100 * 4096L).append(" 4096\n");
    }
    Files.writeString(trace, lines);
    assertEquals(
        0,
        quarry("bench", "tiers", "gp3:1GiB", "--trace", trace.toString(), "--output", "json"),
        err::toString);
    assertTrue(out.toString().contains("\"requests\" : 2000"), out::toString);
  }

  @Test
  void preset_isShownAsText() {
    assertEquals(0, quarry("bench", "tiers", "--show-workload", "--workload", "log"));
    assertTrue(out.toString().startsWith("workload log "), out::toString);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gp3|2|is not a tier",
        "gp3:99TiB|2|too large for volume type gp3",
        "gp3:1GiB --workload nonsense|1|there is no workload 'nonsense'",
        "gp3:1GiB --job rw=reed|2|is none of read",
        "gp3:1GiB --job rw=read --trace x|2|give only one of",
        "gp3:1GiB --trace /nowhere|1|there is no such file",
        "gp3:1GiB --prices /nowhere|1|there is no file /nowhere",
        "gp3:1GiB --speed 0|2|is not a factor",
        "gp3:1GiB --goal p98=1s|2|unknown",
        "gp3:1GiB --for 1s --report /nowhere/x.html|1|cannot be written",
      })
  void mistake_isToldToItsUser(String words, int exitCode, String message) {
    String[] all = ("bench tiers " + words).split(" ");
    assertEquals(exitCode, quarry(all), err::toString);
    assertTrue(err.toString().contains(message), err::toString);
  }
}
