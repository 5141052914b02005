package dev.quarry.tiers;

import org.HdrHistogram.Histogram;

/// How long requests took, in nanoseconds.
public record Latencies(
    double mean, long p50, long p90, long p99, long p999, long p9999, long max) {

  /// What a histogram says.
  public static Latencies of(Histogram histogram) {
    return new Latencies(
        histogram.getTotalCount() == 0 ? 0 : histogram.getMean(),
        histogram.getValueAtPercentile(50),
        histogram.getValueAtPercentile(90),
        histogram.getValueAtPercentile(99),
        histogram.getValueAtPercentile(99.9),
        histogram.getValueAtPercentile(99.99),
        histogram.getMaxValue());
  }
}
