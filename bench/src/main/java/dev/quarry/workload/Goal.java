package dev.quarry.workload;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a volume has to do to be good enough for a workload.
///
/// @param p99 99 of 100 requests are to be answered within this time
/// @param within all work is to be done within this time
public record Goal(Optional<Duration> p99, Optional<Duration> within) {

  /// In words, such as `p99 ≤ 20 ms`.
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    p99.ifPresent(limit -> parts.add("p99 ≤ " + shown(limit)));
    within.ifPresent(limit -> parts.add("done within " + shown(limit)));
    return parts.isEmpty() ? "none" : String.join(", ", parts);
  }

  private static String shown(Duration time) {
    if (time.toMillis() < 1000) {
      return time.toNanos() % 1_000_000 == 0
          ? time.toMillis() + " ms"
          : time.toNanos() / 1000 + " µs";
    }
    return time.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
  }
}
