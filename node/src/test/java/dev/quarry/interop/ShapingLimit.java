package dev.quarry.interop;

import static org.junit.jupiter.api.Assertions.assertTrue;

/// What a volume is held to, as far as a client can tell.
///
/// @param perSecond requests of the size in question, by the formulas of EBS
record ShapingLimit(double perSecond) {
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final long WINDOW_NANOS = 100_000_000;

  /// What may go through besides rate × time in any window: 50 ms of the rate, and at least one
  /// request. (docs/adr, shaping; it is stated in the limiter's Javadoc.)
  private static final double TOLERANCE_SECONDS = 0.05;

  /// Checks that never, in any window of 100 ms and in all of a run, more went through than rate ×
  /// time and the tolerance. Holds on a machine that is busy too: being late makes no tokens.
  ///
  /// @param connections one request of each may have been charged before a window began
  void checkNeverAbove(ShapingTrace trace, int connections) {
    check(trace.mostIn(WINDOW_NANOS), WINDOW_NANOS, connections);
    long all = trace.end() - trace.begin();
    check(trace.mostIn(all), all, connections);
  }

  /// The same for a volume that may burst when credits have come back, as they do whenever a client
  /// is late: no more than were there and came back.
  ///
  /// @param trace from that moment on
  /// @param credits that were there at a moment
  /// @param since that moment
  void checkBaseline(ShapingTrace trace, double credits, long since) {
    double most = credits + perSecond * (trace.end() - since) / NANOS_PER_SECOND;
    double tolerance = Math.max(1, perSecond * TOLERANCE_SECONDS);
    assertTrue(
        trace.count() <= most + tolerance,
        () -> "%s, at most %.1f and the tolerance may be".formatted(trace, most));
  }

  private void check(long went, long nanos, int connections) {
    double tolerance = Math.max(1, perSecond * TOLERANCE_SECONDS);
    double most = perSecond * nanos / NANOS_PER_SECOND + tolerance + connections;
    assertTrue(
        went <= most,
        () ->
            "%d requests in %.3f s, at most %.1f may be at %.0f a second"
                .formatted(went, nanos / 1e9, most, perSecond));
  }
}
