package dev.quarry.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.MemoryDevice;
import dev.quarry.cli.Quarry;
import dev.quarry.node.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `quarry bench nbd`, against our own server.
final class NbdCommandTest {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int quarry(String... words) {
    return Quarry.run(new PrintWriter(out), new PrintWriter(err), words);
  }

  @Test
  void server_isLoaded_andTheResultIsJson() throws Exception {
    try (Served served = new Served(folder, MemoryDevice.create(16 << 20))) {
      String uri = "nbd+unix:///disk?socket=" + folder.resolve("s");
      assertEquals(
          0,
          quarry(
              "bench",
              "nbd",
              uri,
              "--for",
              "300ms",
              "--warm-up",
              "50ms",
              "--job",
              "rw=randrw bs=4k depth=8",
              "--overwrite",
              "--output",
              "json"),
          err::toString);
      JsonObject result = JsonObject.parse(out.toString().getBytes(StandardCharsets.UTF_8));
      assertTrue(result.decimal("iops").orElseThrow() > 100, result::toString);
      assertEquals(0, result.number("errors").orElseThrow());
      assertTrue(served.unix().export().equals("disk"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nbd+unix:///x?socket=/nowhere/s|1|no server answers",
        "http://x|2|is not an address",
        "nbd://127.0.0.1:1/|1|no server answers",
        "nbd://127.0.0.1/ --job rw=write|2|give either depth= or rate=",
        "nbd://127.0.0.1/ --connections 0|2|is not a count",
      })
  void mistake_isToldToItsUser(String words, int exitCode, String message) {
    assertEquals(exitCode, quarry(("bench nbd " + words).split(" ")), err::toString);
    assertTrue(err.toString().contains(message), err::toString);
  }

  @Test
  void writes_needLeave() {
    assertEquals(2, quarry("bench", "nbd", "nbd://127.0.0.1/", "--job", "rw=randrw depth=1"));
    assertTrue(err.toString().contains("--overwrite"), err::toString);
  }
}
