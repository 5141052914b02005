package dev.quarry.nbd;

/// Notices a client that holds buffers which others wait for, and hardly moves their data: one that
/// sends the half of a large payload, or reads the half of a large reply, and stops.
///
/// Pure: progress and `now` (a moment of [System#nanoTime]) are parameters.
final class Pace {
  /// How long a client may take for [#WINDOW_BYTES].
  static final long WINDOW_NANOS = 10_000_000_000L;

  /// What a client moves in that time over a link of 1 Mbit/s.
  static final long WINDOW_BYTES = 1 << 20;

  private boolean measuring;
  private long windowNanos; // when the window began
  private long windowBytes; // the progress then

  /// Looks at the client's progress; to be called at least once in a window.
  ///
  /// @param needed whether others wait for what it holds
  /// @param progressBytes what it has sent and taken since it came
  /// @return false if it is too slow
  boolean keptUp(boolean needed, long progressBytes, long now) {
    if (!needed || !measuring) {
      begin(needed, progressBytes, now);
      return true;
    }
    if (now - windowNanos < WINDOW_NANOS) {
      return true;
    }
    boolean enough = progressBytes - windowBytes >= WINDOW_BYTES;
    begin(true, progressBytes, now);
    return enough;
  }

  private void begin(boolean measure, long progressBytes, long now) {
    measuring = measure;
    windowNanos = now;
    windowBytes = progressBytes;
  }
}
