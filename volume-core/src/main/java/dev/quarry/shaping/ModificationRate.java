package dev.quarry.shaping;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;

/// How often one volume may be modified.
public enum ModificationRate {
  /// As often as one likes.
  OFF(0, Duration.ZERO),
  /// Once in six hours (EC2 User Guide of June 2023, "Requirements when modifying volumes").
  SIX_HOURS(1, Duration.ofHours(6)),
  /// Four times in any 24 hours (EBS User Guide, document history, 2026-01-15).
  FOUR_A_DAY(4, Duration.ofHours(24));

  private final int count;
  private final Duration window;

  ModificationRate(int count, Duration window) {
    this.count = count;
    this.window = window;
  }

  /// Checks whether one more modification may start. Requests that change nothing count as well.
  ///
  /// @param starts when accepted modifications started, oldest first; those older than a day may be
  ///   left out
  /// @throws VolumeParameterException `VolumeModificationRateExceeded` if not
  public void check(List<Instant> starts, Instant now) {
    if (this == OFF) {
      return;
    }
    List<Instant> recent =
        starts.stream().filter(start -> start.isAfter(now.minus(window))).toList();
    if (recent.size() >= count) {
      throw new VolumeParameterException(
          "VolumeModificationRateExceeded",
          "You've reached the maximum modification rate per volume limit. "
              + advice(recent.get(recent.size() - count).plus(window)));
    }
  }

  private String advice(Instant free) {
    return this == SIX_HOURS
        ? "Wait at least 6 hours between modifications per EBS volume."
        : "Wait until "
            + new DateTimeFormatterBuilder().appendInstant(3).toFormatter().format(free)
            + " before you can issue the next modification request for this volume.";
  }
}
