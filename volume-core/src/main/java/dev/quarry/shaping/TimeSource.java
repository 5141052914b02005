package dev.quarry.shaping;

/// A clock that only goes forward, and waiting by it.
public interface TimeSource {

  /// Nanoseconds since some fixed time.
  long nanoTime();

  /// Returns when `nanos` have passed, or somewhat later; at once if it is not positive.
  void pause(long nanos);
}
