package dev.quarry.shaping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.IoKind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

final class VolumeMetricsTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long MILLI = 1_000_000L;
  private static final Exceeded NOTHING = new Exceeded(0, 0);

  private final ManualTime time = new ManualTime(123);
  private final VolumeMetrics metrics = new VolumeMetrics(time);

  @Test
  void period_withRequestsOfEachKind_countsAsCloudWatchDoes() {
    MetricsSnapshot before = metrics.snapshot(NOTHING);
    request(IoKind.READ, 4096, 2 * MILLI);
    request(IoKind.READ, 1 << 20, 4 * MILLI);
    request(IoKind.WRITE, 8192, 10 * MILLI);
    request(IoKind.ZERO, 512 * 1024, 20 * MILLI);
    request(IoKind.TRIM, 1 << 30, 30 * MILLI);
    time.pause(SECOND - 66 * MILLI);
    MetricsPeriod period = metrics.snapshot(NOTHING).since(before);

    assertEquals(2, period.volumeReadOps());
    assertEquals(3, period.volumeWriteOps());
    assertEquals(4096 + (1 << 20), period.volumeReadBytes());
    assertEquals(8192 + 512 * 1024, period.volumeWriteBytes());
    assertEquals(0.006, period.volumeTotalReadTime(), 1e-9);
    assertEquals(0.060, period.volumeTotalWriteTime(), 1e-9);
    assertEquals(0.934, period.volumeIdleTime(), 0.003);
    assertEquals(0.066, period.volumeQueueLength(), 1e-9);
    assertEquals(1 + 4 + 1 + 2 + 1, period.volumeConsumedReadWriteOps());
    assertEquals(3.0, period.volumeAvgReadLatency(), 1e-9);
    assertEquals(20.0, period.volumeAvgWriteLatency(), 1e-9);
    assertEquals(5.0, period.volumeAvgIops(), 1e-9);
    assertEquals(4 + 1024 + 8 + 512, period.volumeAvgThroughput(), 1e-9);
    assertEquals(9.0, period.volumeThroughputPercentage(100), 1e-9);
    assertFalse(period.volumeIopsExceededCheck());
    assertFalse(period.volumeThroughputExceededCheck());
    assertFalse(period.volumeStalledIoCheck());
  }

  @Test
  void period_withoutRequests_isIdle() {
    MetricsSnapshot before = metrics.snapshot(NOTHING);
    time.pause(60 * SECOND);
    MetricsPeriod period = metrics.snapshot(NOTHING).since(before);
    assertEquals(60.0, period.volumeIdleTime(), 0.001);
    assertEquals(0.0, period.volumeAvgReadLatency());
    assertEquals(0.0, period.volumeAvgWriteLatency());
    assertFalse(period.volumeStalledIoCheck());
  }

  @Test
  void period_inWhichARequestHangs_isStalledAndNotIdle() {
    metrics.begin();
    MetricsSnapshot before = metrics.snapshot(NOTHING);
    time.pause(60 * SECOND);
    MetricsPeriod period = metrics.snapshot(NOTHING).since(before);
    assertTrue(period.volumeStalledIoCheck());
    assertEquals(0.0, period.volumeIdleTime());
    assertEquals(1, period.to().inFlight());
  }

  @Test
  void period_inWhichLimitsWereExceeded_says() {
    MetricsSnapshot before = metrics.snapshot(new Exceeded(10, 20));
    time.pause(SECOND);
    MetricsPeriod iops = metrics.snapshot(new Exceeded(11, 20)).since(before);
    assertTrue(iops.volumeIopsExceededCheck());
    assertFalse(iops.volumeThroughputExceededCheck());
    MetricsPeriod throughput = metrics.snapshot(new Exceeded(10, 21)).since(before);
    assertFalse(throughput.volumeIopsExceededCheck());
    assertTrue(throughput.volumeThroughputExceededCheck());
  }

  @Test
  void failedRequest_leavesAndDoesNotCount() {
    metrics.begin();
    time.pause(MILLI);
    metrics.failed();
    MetricsSnapshot after = metrics.snapshot(NOTHING);
    assertEquals(0, after.inFlight());
    assertEquals(0, after.volumeReadOps() + after.volumeWriteOps());
    assertEquals(0, after.volumeTotalReadNanos() + after.volumeTotalWriteNanos());
  }

  @Test
  void requestHeldByLimits_countsItsWaitAndIsNotIdle() {
    metrics.held(IoKind.READ, 500 * MILLI);
    metrics.held(IoKind.WRITE, 200 * MILLI);
    time.pause(500 * MILLI);
    request(IoKind.READ, 4096, MILLI);
    time.pause(499 * MILLI);
    MetricsSnapshot after = metrics.snapshot(NOTHING);
    assertEquals(501 * MILLI, after.volumeTotalReadNanos());
    assertEquals(200 * MILLI, after.volumeTotalWriteNanos());
    assertEquals(499 * MILLI, after.volumeIdleNanos(), MILLI);
  }

  @Test
  void lastMinute_ofAYoungVolume_isItsLife() {
    for (int i = 0; i < 100; i++) {
      request(IoKind.READ, 4096, 10 * MILLI);
    }
    Achieved achieved = metrics.lastMinute();
    assertEquals(100.0, achieved.iops(), 1e-9);
    assertEquals(409_600.0, achieved.bytesPerSecond(), 1e-6);
    assertEquals(0.390625, achieved.mibps(), 1e-9);
  }

  @Test
  void lastMinute_ofASteadyVolume_isItsRate() {
    for (int i = 0; i < 500; i++) {
      request(IoKind.READ, 4096, SECOND / 2);
    }
    assertEquals(2.0, metrics.lastMinute().iops(), 0.02);
    assertEquals(60.0, metrics.lastMinute().spanNanos() / 1e9, 1.0);
  }

  @Test
  void lastMinute_afterARest_forgetsWhatIsOlder() {
    request(IoKind.READ, 4096, MILLI);
    time.pause(30 * SECOND);
    request(IoKind.READ, 4096, MILLI);
    time.pause(29 * SECOND);
    assertEquals(2, metrics.lastMinute().operations());
    time.pause(3 * SECOND);
    assertEquals(1, metrics.lastMinute().operations());
    time.pause(60 * SECOND);
    assertEquals(0, metrics.lastMinute().operations());
    time.pause(10_000 * SECOND);
    request(IoKind.READ, 4096, MILLI);
    assertEquals(1, metrics.lastMinute().operations());
  }

  @Test
  void counters_byManyThreads_loseNothing() throws Exception {
    int threads = 4;
    int requests = 20_000;
    try (var executor = Executors.newFixedThreadPool(threads)) {
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        tasks.add(() -> {
          for (int request = 0; request < requests; request++) {
            long begun = metrics.begin();
            time.pause(10);
            metrics.done(IoKind.WRITE, 512, begun);
          }
          return null;
        });
      }
      for (var future : executor.invokeAll(tasks)) {
        future.get();
      }
    }
    MetricsSnapshot after = metrics.snapshot(NOTHING);
    assertEquals(threads * requests, after.volumeWriteOps());
    assertEquals(threads * requests * 512L, after.volumeWriteBytes());
    assertEquals(0, after.inFlight());
  }

  @Test
  void idleTime_ofManyShortRests_isNotBiased() {
    long idle = 0;
    for (int i = 1; i <= 10_000; i++) {
      long rest = 7_919L * i % 1_000_000;
      time.pause(rest);
      idle += rest;
      request(IoKind.READ, 512, 104_729L * i % 1_000_000);
    }
    assertEquals(idle, metrics.snapshot(NOTHING).volumeIdleNanos(), 0.005 * idle);
  }

  @Test
  void period_thatIsEmpty_isRefused() {
    MetricsSnapshot now = metrics.snapshot(NOTHING);
    assertThrows(IllegalArgumentException.class, () -> now.since(now));
  }

  private void request(IoKind kind, long length, long nanos) {
    long begun = metrics.begin();
    time.pause(nanos);
    metrics.done(kind, length, begun);
  }
}
