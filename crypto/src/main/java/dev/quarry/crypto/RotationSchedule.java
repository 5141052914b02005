package dev.quarry.crypto;

import dev.quarry.crypto.KeyServiceException.ValidationException;
import java.time.Duration;
import java.time.Instant;

/// Automatic rotation of a key.
///
/// @param periodDays 90 to 2,560 (KMS API reference, EnableKeyRotation)
/// @param next when the next rotation is due
public record RotationSchedule(int periodDays, Instant next) {
  /// The period where none is named, in days.
  public static final int DEFAULT_PERIOD_DAYS = 365;

  private static final int MIN_PERIOD_DAYS = 90;
  private static final int MAX_PERIOD_DAYS = 2560;

  public RotationSchedule {
    if (periodDays < MIN_PERIOD_DAYS || periodDays > MAX_PERIOD_DAYS) {
      throw new ValidationException(
          "rotation period must be %d to %d days days=%d"
              .formatted(MIN_PERIOD_DAYS, MAX_PERIOD_DAYS, periodDays));
    }
  }

  static RotationSchedule startingAt(Instant now, int periodDays) {
    return new RotationSchedule(periodDays, now.plus(Duration.ofDays(periodDays)));
  }

  boolean due(Instant now) {
    return !now.isBefore(next);
  }

  /// The schedule after a rotation at `now`: whole periods later, so that a late rotation does not
  /// shift it, and periods that were missed altogether are made up for by this one rotation.
  RotationSchedule after(Instant now) {
    Instant later = next;
    while (!now.isBefore(later)) {
      later = later.plus(Duration.ofDays(periodDays));
    }
    return new RotationSchedule(periodDays, later);
  }
}
