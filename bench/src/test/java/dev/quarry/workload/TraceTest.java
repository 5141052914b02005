package dev.quarry.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.IoKind;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TraceTest {
  private static final String FIO_2 =
      """
      fio version 2 iolog
      /dev/sda add
      /dev/sda open
      /dev/sda read 0 4096
      /dev/sda wait 1500
      /dev/sda write 8192 512
      /dev/sda sync 0 0
      /dev/sda close
      """;
  private static final String FIO_3 =
      """
      fio version 3 iolog
      262 /tmp/f add
      1581 /tmp/f open
      1598 /tmp/f read 61440 4096
      3888 /tmp/f write 774144 4096
      4000 /tmp/f trim 0 8192
      241284 /tmp/f close
      """;
  private static final String BLKPARSE =
      """
        8,0    3        1     0.000000000   697  Q   W 223490 + 8 [kjournald]
        8,0    3        2     0.000001829   697  G   W 223490 + 8 [kjournald]
        8,0    3        3     0.000002197   697  P   N [kjournald]
        8,0    1        4     0.010000000  1203  Q  RA 1000 + 16 [cat file]
        8,0    1        5     0.010002000  1203  D  RA 1000 + 16 [cat file]
        8,0    0        6     0.009000000     0  C  WS 223490 + 8 [0]
        8,0    1        7     0.020000000  1203  Q FWS [jbd2/sda1-8]
        8,0    1        8     0.030000000  1203  Q  DS 4096 + 2048 [fstrim]
      CPU0 (8,0):
       Reads Queued:           1,        8KiB
      """;
  private static final String MSR =
      """
      128166372003061629,usr,0,Read,7014609920,24576,41286
      128166372016382155,usr,0,Write,1317441536,8192,1963
      128166372026382245,usr,1,write,2436440064,4096,1835
      """;

  @TempDir Path folder;

  /// What a walk yields, as text.
  private static List<String> walked(Trace trace) {
    List<String> requests = new ArrayList<>();
    try (Requests walk = trace.requests(Long.MAX_VALUE, 1)) {
      while (walk.next()) {
        requests.add(
            "%s %d+%d @%d"
                .formatted(walk.kind(), walk.offset(), walk.length(), walk.dueNanos() / 1000));
      }
    }
    return requests;
  }

  private Trace trace(String text) throws IOException {
    return trace(text, Trace.BadLines.REFUSED);
  }

  private Trace trace(String text, Trace.BadLines badLines) throws IOException {
    return Trace.of(Files.writeString(folder.resolve("trace"), text), Optional.empty(), badLines);
  }

  @Test
  void fioVersion2_isRead() throws IOException {
    assertEquals(List.of("READ 0+4096 @0", "WRITE 8192+512 @1500"), walked(trace(FIO_2)));
  }

  @Test
  void fioVersion3_isRead() throws IOException {
    assertEquals(
        List.of("READ 61440+4096 @0", "WRITE 774144+4096 @2290", "TRIM 0+8192 @2402"),
        walked(trace(FIO_3)));
  }

  @Test
  void blkparse_isRead_whereRequestsAreQueued() throws IOException {
    assertEquals(
        List.of(
            "WRITE 114426880+4096 @0", "READ 512000+8192 @10000", "TRIM 2097152+1048576 @30000"),
        walked(trace(BLKPARSE)));
  }

  @Test
  void msr_isRead() throws IOException {
    assertEquals(
        List.of(
            "READ 7014609920+24576 @0",
            "WRITE 1317441536+8192 @1332052",
            "WRITE 2436440064+4096 @2332061"),
        walked(trace(MSR)));
  }

  @Test
  void compressedFile_isRead() throws IOException {
    Path file = folder.resolve("msr.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(MSR.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
    Trace trace = Trace.of(file, Optional.empty(), Trace.BadLines.REFUSED);
    assertEquals(TraceFormat.MSR, trace.format());
    assertEquals(3, trace.summary().requests());
  }

  @Test
  void summary_tellsWhatIsThere() throws IOException {
    assertEquals(
        new Trace.Summary(3, 36_864, 1, 2_332_061_600L, 7_014_634_496L, 0), trace(MSR).summary());
  }

  @Test
  void speed_scalesTimes_andSpan_bringsOffsetsInside() throws IOException {
    try (Requests walk = trace(MSR).requests(1L << 30, 2)) {
      assertTrue(walk.next());
      assertTrue(walk.offset() + walk.length() <= 1L << 30);
      assertEquals(0, walk.offset() % 512);
      assertTrue(walk.next());
      assertEquals(666_026_300, walk.dueNanos());
    }
  }

  @Test
  void timeThatGoesBack_isTheOneBefore() throws IOException {
    String late = BLKPARSE.replace("0.030000000", "0.005000000");
    assertEquals("TRIM 2097152+1048576 @10000", walked(trace(late)).getLast());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fio version 2 iolog;/d read 0|line 2: too few words",
        "fio version 2 iolog;/d read x 4096|line 2: offset is not a whole number: 'x'",
        "fio version 2 iolog;/d read -4 4096|line 2: offset is not a whole number: '-4'",
        "fio version 2 iolog;/d reed 0 4096|line 2: unknown action 'reed'",
        "fio version 2 iolog;/d read 0 99999999|line 2: request is longer than 32 MiB: 99999999",
        "fio version 3 iolog;soon /d read 0 4096|line 2: time is not a whole number: 'soon'",
        "fio version 4 iolog|line 1: version of the iolog is neither 2 nor 3",
        "1,usr,0,Read,0,512,1;2,usr,0,Reed,0,512,1|line 2: neither Read nor Write: 'Reed'",
        "1,usr,0,Read,0,512,1;2,usr,0,Read|line 2: fewer than 6 fields",
        "8,0 3 1 0.000000000 697 Q W 8 + 8 [a];rubbish|line 2: not a line of blkparse: 'rubbish'",
      })
  void badLine_isToldWithItsNumber(String lines, String message) throws IOException {
    Trace trace = trace(lines.replace(";", "\n"));
    var e = assertThrows(TraceException.class, trace::summary);
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  @Test
  void badLines_areSkippedAndCounted_ifAsked() throws IOException {
    String text = MSR + "rubbish\n,,,,,,\n" + "x".repeat(100_000) + "\n" + MSR;
    Trace.Summary summary = trace(text, Trace.BadLines.SKIPPED).summary();
    assertEquals(6, summary.requests());
    assertEquals(3, summary.skippedLines());
  }

  @Test
  void fileThatIsNoTrace_isRefused() {
    assertThrows(TraceException.class, () -> trace("# hello\n"));
    assertThrows(TraceException.class, () -> trace(""));
    Path missing = folder.resolve("missing");
    var e =
        assertThrows(
            TraceException.class,
            () -> Trace.of(missing, Optional.empty(), Trace.BadLines.REFUSED));
    assertTrue(e.getMessage().endsWith("there is no such file"), e.getMessage());
  }

  @Test
  void traceWithoutRequests_isRefused() throws IOException {
    Trace trace = trace("fio version 2 iolog\n/d add\n");
    assertThrows(TraceException.class, trace::summary);
  }

  @Test
  void manyRequests_takeNoMemory() throws IOException {
    StringBuilder text = new StringBuilder("fio version 3 iolog\n");
    for (int i = 0; i < 100_000; i++) {
      text.append(i * 100L).append(" /d write ").append(i * 4096L).append(" 4096\n");
    }
    Trace trace = trace(text.toString());
    try (Requests walk = trace.requests(Long.MAX_VALUE, 1)) {
      long count = 0;
      while (walk.next()) {
        count++;
        assertEquals(IoKind.WRITE, walk.kind());
      }
      assertEquals(100_000, count);
      assertFalse(walk.next(), "stays at the end");
    }
  }
}
