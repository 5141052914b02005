package dev.quarry.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.IoKind;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WorkloadTextTest {
  @Test
  void text_isRead() {
    Workload shop =
        WorkloadText.parse(
            """
            # a comment
            workload shop Sells things.
            size 100GiB
            goal p99=20ms within=2h
            phase day 30m
              job rw=randrw reads=80 bs=8k rate=1500 arrivals=poisson
              job rw=write bs=16k:90/64k:10 depth=1   # the log
            phase night 4h amount=200GiB
              job rw=read bs=1m depth=8
            """);
    assertEquals("shop", shop.name());
    assertEquals("Sells things.", shop.about());
    assertEquals(
        new Goal(Optional.of(Duration.ofMillis(20)), Optional.of(Duration.ofHours(2))),
        shop.goal());
    assertEquals(2, shop.phases().size());
    assertEquals(OptionalLong.of(200L << 30), shop.phases().get(1).amountBytes());
    assertEquals(
        new Pace.Rate(1500, Pace.Arrivals.POISSON), shop.phases().get(0).jobs().get(0).pace());
    assertEquals(0, shop.phases().get(0).jobs().get(1).readPercent());
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void preset_isRight_andGivesReasons(Preset preset) {
    Workload workload = WorkloadText.parse(preset.text());
    assertEquals(preset.label(), workload.name());
    assertFalse(workload.about().isEmpty());
    assertFalse(workload.goal().toString().equals("none"));
    assertTrue(preset.text().lines().filter(line -> line.startsWith("#")).count() >= 2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fase day 3m",
        "phase day",
        "phase day soon",
        "job rw=read depth=1",
        "phase day 1m\njob rw=read",
        "phase day 1m\njob rw=read depth=1 rate=2",
        "phase day 1m\njob rw=reed depth=1",
        "phase day 1m\njob rw=read bs=100 depth=1",
        "phase day 1m\njob rw=read bs=64m depth=1",
        "phase day 1m\njob rw=read bs=4k:0/8k:1 depth=1",
        "phase day 1m\njob rw=read depth=0",
        "phase day 1m\njob rw=read rate=0",
        "phase day 1m\njob rw=read rate=NaN",
        "phase day 1m\njob rw=randrw reads=101 depth=1",
        "phase day 1m\njob rw=read depth=1 dept=2",
        "phase day 1m\njob rw=read depth=1 depth=2",
        "goal p98=3ms",
        "size 0",
        "",
      })
  void mistake_isRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> WorkloadText.parse(text + "\n"));
  }

  @Test
  void mistake_isToldWithItsLine() {
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> WorkloadText.parse("size 1GiB\n\nphase day\n"));
    assertTrue(e.getMessage().startsWith("line 3: "), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"20ms, 20000000", "1.5s, 1500000000", "1h30m, 5400000000000", "250us, 250000"})
  void duration_isRead(String text, long nanos) {
    assertEquals(Duration.ofNanos(nanos), WorkloadText.duration(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "20", "ms", "-3s", "1e99h", "3 s", "999d", "1..2s"})
  void whatIsNoDuration_isRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> WorkloadText.duration(text));
  }

  @Test
  void requests_followTheJob() {
    Job job = WorkloadText.job("rw=randrw reads=70 bs=4k:75/64k:25 rate=1000 arrivals=poisson");
    try (Requests requests = job.requests(1L << 30, 1)) {
      int reads = 0;
      int large = 0;
      int count = 100_000;
      for (int i = 0; i < count; i++) {
        assertTrue(requests.next());
        reads += requests.kind() == IoKind.READ ? 1 : 0;
        large += requests.length() == 65_536 ? 1 : 0;
        assertEquals(0, requests.offset() % requests.length());
        assertTrue(requests.offset() + requests.length() <= 1L << 30);
      }
      assertEquals(0.70, reads / (double) count, 0.01);
      assertEquals(0.25, large / (double) count, 0.01);
      assertEquals(count / 1000.0, requests.dueNanos() / 1e9, 2);
    }
  }

  @Test
  void sequentialRequests_followEachOther_andBeginAnew() {
    Requests requests = WorkloadText.job("rw=write bs=4k depth=1").requests(3 * 4096, 1);
    for (long expected : new long[] {0, 4096, 8192, 0, 4096}) {
      assertTrue(requests.next());
      assertEquals(expected, requests.offset());
    }
  }
}
