package dev.quarry.workload;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/// Whatever is in a file, a walk ends, with requests that can be made or with an error that says
/// where.
final class TraceProperties {
  private static final List<String> SEEDS =
      List.of(
          "fio version 2 iolog\n/d add\n/d read 0 4096\n/d wait 5\n/d write 512 512\n",
          "fio version 3 iolog\n1 /d open\n2 /d read 0 4096\n9 /d trim 512 512\n",
          "  8,0    3        1     0.000000000   697  Q   W 223490 + 8 [kjournald]\n"
              + "  8,0    1        4     0.010000000  1203  Q  RA 1000 + 16 [cat]\nCPU0 (8,0):\n",
          "128166372003061629,usr,0,Read,7014609920,24576,41286\n"
              + "128166372016382155,usr,0,Write,1317441536,8192,1963\n");
  private static final String CHARACTERS = "0123456789 ,.\n+-:QRWD/xé\t\r\0";

  private Path file;

  @BeforeProperty
  void makeFile() throws IOException {
    file = Files.createTempFile("quarry-trace", "");
  }

  @AfterProperty
  void deleteFile() throws IOException {
    Files.delete(file);
  }

  @Property(tries = 400)
  void damagedTrace_isWalkedOrRefused(@ForAll long seed, @ForAll boolean skip) throws IOException {
    Random random = new Random(seed);
    int which = random.nextInt(SEEDS.size());
    StringBuilder text = new StringBuilder(SEEDS.get(which).repeat(1 + random.nextInt(3)));
    for (int i = random.nextInt(8); i >= 0; i--) {
      int at = random.nextInt(text.length());
      char c = CHARACTERS.charAt(random.nextInt(CHARACTERS.length()));
      switch (random.nextInt(4)) {
        case 0 -> text.insert(at, c);
        case 1 -> text.setCharAt(at, c);
        case 2 -> text.deleteCharAt(at);
        default -> text.insert(at, "9".repeat(1 + random.nextInt(30)));
      }
    }
    Files.writeString(file, text, StandardCharsets.UTF_8);
    TraceFormat format =
        List.of(TraceFormat.FIO_IOLOG, TraceFormat.FIO_IOLOG, TraceFormat.BLKPARSE, TraceFormat.MSR)
            .get(which);
    walk(new Trace(file, format, skip ? Trace.BadLines.SKIPPED : Trace.BadLines.REFUSED), skip);
  }

  private static void walk(Trace trace, boolean skip) {
    long span = 1L << 30;
    long due = 0;
    try (Requests requests = trace.requests(span, 0.5)) {
      while (requests.next()) {
        assertTrue(requests.length() > 0 && requests.offset() >= 0);
        assertTrue(requests.offset() + requests.length() <= span);
        assertTrue(requests.dueNanos() >= due, "time goes forward");
        due = requests.dueNanos();
      }
    } catch (TraceException e) {
      assertTrue(!skip && e.getMessage().contains(", line "), e.getMessage());
    }
  }
}
