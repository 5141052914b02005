package dev.quarry.shaping;

/// A point in time that means something in another process too.
///
/// @param wallMillis the wall clock: milliseconds since 1970. It may be set to anything at any
///   time.
/// @param uptimeNanos a clock that only goes forward while the machine runs, the same for all
///   processes (`CLOCK_MONOTONIC`, which is what [System#nanoTime] reads on Linux)
/// @param bootId what tells one start of the machine from another
///   (`/proc/sys/kernel/random/boot_id`)
public record Moment(long wallMillis, long uptimeNanos, String bootId) {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long MAX_MILLIS = Long.MAX_VALUE / NANOS_PER_MILLI;

  /// How long it is from this moment to a later one, in nanoseconds; 0 if that is not later.
  ///
  /// On one start of the machine the wall clock is not asked, so that setting it changes nothing.
  /// Across starts there is no other witness.
  public long nanosUntil(Moment later) {
    if (bootId.equals(later.bootId)) {
      return Math.max(0, later.uptimeNanos - uptimeNanos);
    }
    if (later.wallMillis <= wallMillis) {
      return 0;
    }
    long millis = later.wallMillis - wallMillis; // below 0 if no long holds it
    return millis < 0 || millis > MAX_MILLIS ? Long.MAX_VALUE : millis * NANOS_PER_MILLI;
  }
}
