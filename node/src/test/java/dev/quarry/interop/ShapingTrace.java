package dev.quarry.interop;

import java.util.Arrays;
import java.util.List;

/// When the requests of a load were sent and answered, by [System#nanoTime]. For one thread.
final class ShapingTrace {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final long GRID_NANOS = 10_000_000;

  private long[] sentNanos = new long[1024];
  private long[] answeredNanos = new long[1024];
  private int count;

  void add(long sent, long answered) {
    if (count == sentNanos.length) {
      sentNanos = Arrays.copyOf(sentNanos, 2 * count);
      answeredNanos = Arrays.copyOf(answeredNanos, 2 * count);
    }
    sentNanos[count] = sent;
    answeredNanos[count] = answered;
    count++;
  }

  static ShapingTrace join(List<ShapingTrace> traces) {
    ShapingTrace all = new ShapingTrace();
    for (ShapingTrace trace : traces) {
      for (int i = 0; i < trace.count; i++) {
        all.add(trace.sentNanos[i], trace.answeredNanos[i]);
      }
    }
    return all;
  }

  /// The requests that were sent from one moment on and answered before another.
  ShapingTrace part(long from, long to) {
    ShapingTrace part = new ShapingTrace();
    for (int i = 0; i < count; i++) {
      if (sentNanos[i] >= from && answeredNanos[i] < to) {
        part.add(sentNanos[i], answeredNanos[i]);
      }
    }
    return part;
  }

  int count() {
    return count;
  }

  /// The first moment in it.
  long begin() {
    return Arrays.stream(sentNanos, 0, count).min().orElseThrow();
  }

  /// The last moment in it.
  long end() {
    return Arrays.stream(answeredNanos, 0, count).max().orElseThrow();
  }

  /// Answers a second between two moments.
  double rate(long from, long to) {
    long answers = 0;
    for (int i = 0; i < count; i++) {
      if (answeredNanos[i] >= from && answeredNanos[i] < to) {
        answers++;
      }
    }
    return answers * NANOS_PER_SECOND / (to - from);
  }

  /// The best rate over any span of a length, on a grid of 10 ms.
  double bestRate(long spanNanos) {
    double best = 0;
    for (long from = begin(); from + spanNanos <= end(); from += GRID_NANOS) {
      best = Math.max(best, rate(from, from + spanNanos));
    }
    return best;
  }

  /// The most requests that were both sent and answered in any window of a length, on a grid of 10
  /// ms: so many at least went through the server in that time, however late this client was.
  long mostIn(long windowNanos) {
    long begin = begin();
    int windows = (int) Math.max(1, (end() - begin - windowNanos) / GRID_NANOS + 1);
    long[] in = new long[windows + 1]; // differences
    for (int i = 0; i < count; i++) {
      // windows that begin at or before it was sent and end after it was answered
      long first = Math.max(0, Math.ceilDiv(answeredNanos[i] - windowNanos - begin, GRID_NANOS));
      long last = Math.min(windows - 1, (sentNanos[i] - begin) / GRID_NANOS);
      if (first <= last) {
        in[(int) first]++;
        in[(int) last + 1]--;
      }
    }
    long most = 0;
    long now = 0;
    for (long difference : in) {
      now += difference;
      most = Math.max(most, now);
    }
    return most;
  }

  @Override
  public String toString() {
    return count == 0
        ? "no requests"
        : "%d requests, %.1f a second".formatted(count, rate(begin(), end()));
  }
}
