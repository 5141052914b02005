package dev.quarry.tiers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

final class TimelineTest {
  @Test
  void manyParts_becomeFewer_andLoseNothing() {
    Timeline timeline = new Timeline(1_000);
    long operations = 0;
    for (int i = 0; i < 5_000; i++) {
      Histogram latencies = new Histogram(3);
      latencies.recordValueWithCount(1_000_000, i);
      timeline.add(new Timeline.Part(i, i * 1024L, 0, i % 100, Timeline.packed(latencies)));
      operations += i;
    }
    List<Point> points = timeline.points(timeline.partStartNanos());
    assertTrue(points.size() >= 240 && points.size() < 480, points.size() + " points");
    double counted =
        points.stream().mapToDouble(p -> p.iops() * (p.toSeconds() - p.fromSeconds())).sum();
    assertEquals(operations, counted, 1);
    for (int i = 1; i < points.size(); i++) {
      assertEquals(points.get(i - 1).toSeconds(), points.get(i).fromSeconds(), 1e-9);
      assertEquals(1.0, points.get(i).p99Millis(), 0.01);
    }
  }

  @Test
  void lastPart_cutShort_countsForItsOwnTime() {
    Timeline timeline = new Timeline(0);
    timeline.add(new Timeline.Part(100, 0, 0, -1, Timeline.packed(new Histogram(3))));
    timeline.add(new Timeline.Part(50, 0, 0, -1, Timeline.packed(new Histogram(3))));
    List<Point> points = timeline.points(150_000_000);
    assertEquals(1_000, points.get(0).iops(), 0.01);
    assertEquals(1_000, points.get(1).iops(), 0.01);
  }
}
