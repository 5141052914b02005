package dev.quarry.shaping;

import java.util.Optional;
import java.util.OptionalLong;

/// What there is to tell about the limits of a volume.
///
/// @param performance its figures, baseline and burst
/// @param balance its credits, if it has any
/// @param secondsLeft until the credits are gone at the rate of the last minute; empty if they are
///   not going down
public record ThrottleStatus(
    Performance performance, Optional<BurstBalance> balance, OptionalLong secondsLeft) {

  /// Credits of I/Os go at the rate of requests, or of units of bytes where requests are larger
  /// than one; credits of bytes at the rate of bytes. Requests that a hard disk charges in full
  /// although they are smaller make the time shorter than told.
  static OptionalLong secondsLeft(
      Performance performance, BurstBalance balance, Achieved lastMinute) {
    double units = lastMinute.bytesPerSecond() / IoCost.SOLID_STATE.unitBytes();
    double spent =
        switch (performance) {
          case Performance.IoBurst burst -> Math.max(lastMinute.iops(), units) - burst.baseline();
          case Performance.ByteBurst burst -> lastMinute.bytesPerSecond() - burst.base();
          case Performance.Steady _, Performance.Unshaped _ -> 0;
        };
    return spent > 0
        ? OptionalLong.of((long) Math.ceil(balance.credits() / spent))
        : OptionalLong.empty();
  }
}
