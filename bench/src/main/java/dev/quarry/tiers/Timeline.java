package dev.quarry.tiers;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.PackedHistogram;

/// A run in parts of equal time. When there are too many, each two become one; so any run has some
/// hundred parts, however long it turns out to be.
final class Timeline {
  private static final int MOST_PARTS = 480;
  private static final long FIRST_WIDTH_NANOS = 100_000_000;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MILLI = 1e6;

  private final long startNanos;
  private final List<Part> parts = new ArrayList<>();
  private long widthNanos = FIRST_WIDTH_NANOS;

  Timeline(long startNanos) {
    this.startNanos = startNanos;
  }

  /// What happened in a part.
  ///
  /// @param balance of the credits at its end, in percent; below 0 if there are none
  /// @param latencies nobody else's
  record Part(long operations, long bytes, long heldNanos, double balance, Histogram latencies) {

    private Part and(Part later) {
      latencies.add(later.latencies);
      return new Part(
          operations + later.operations,
          bytes + later.bytes,
          heldNanos + later.heldNanos,
          later.balance,
          latencies);
    }
  }

  /// A copy that takes little memory, with two digits.
  static Histogram packed(Histogram from) {
    Histogram packed = new PackedHistogram(2);
    packed.add(from);
    return packed;
  }

  long partEndNanos() {
    return partStartNanos() + widthNanos;
  }

  long partStartNanos() {
    return startNanos + parts.size() * widthNanos;
  }

  void add(Part part) {
    parts.add(part);
    if (parts.size() == MOST_PARTS) {
      for (int i = 0; i < MOST_PARTS / 2; i++) {
        parts.set(i, parts.get(2 * i).and(parts.get(2 * i + 1)));
      }
      parts.subList(MOST_PARTS / 2, MOST_PARTS).clear();
      widthNanos *= 2;
    }
  }

  /// The points, in their order.
  ///
  /// @param endNanos when the run ended, in the last part
  List<Point> points(long endNanos) {
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      long from = i * widthNanos;
      long to = Math.min(from + widthNanos, endNanos - startNanos);
      points.add(point(parts.get(i), from, Math.max(to, from + 1)));
    }
    return points;
  }

  private static Point point(Part part, long from, long to) {
    double seconds = (to - from) / NANOS_PER_SECOND;
    return new Point(
        from / NANOS_PER_SECOND,
        to / NANOS_PER_SECOND,
        part.operations / seconds,
        part.bytes / seconds / (1 << 20),
        part.latencies.getValueAtPercentile(50) / NANOS_PER_MILLI,
        part.latencies.getValueAtPercentile(99) / NANOS_PER_MILLI,
        part.balance,
        Math.min(1, part.heldNanos / (double) (to - from)));
  }
}
