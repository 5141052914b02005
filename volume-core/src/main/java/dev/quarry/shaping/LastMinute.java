package dev.quarry.shaping;

/// What went through in the last minute, from running totals that are looked at once a second.
///
/// A total is noted at the first event of each second, when nothing has gone through since that
/// second began; seconds without events had the same total as the next one noted.
final class LastMinute {
  private static final int SECONDS = 60;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final long[] operations = new long[SECONDS + 1]; // guarded by this, as all below
  private final long[] bytes = new long[SECONDS + 1];
  private volatile long second; // written under the guard, read without to see whether to take it

  /// Whether [#note] is due.
  boolean isDue(long nanos) {
    return nanos / NANOS_PER_SECOND > second;
  }

  /// Notes the totals as those of all seconds that began since the last note.
  ///
  /// @param nanos since the totals were 0
  synchronized void note(long nanos, long totalOperations, long totalBytes) {
    long now = nanos / NANOS_PER_SECOND;
    for (long s = Math.max(second + 1, now - SECONDS); s <= now; s++) {
      operations[slot(s)] = totalOperations;
      bytes[slot(s)] = totalBytes;
    }
    second = Math.max(second, now);
  }

  /// What went through since the second that began 60 to 61 seconds ago, or since the start.
  synchronized Achieved achieved(long nanos, long totalOperations, long totalBytes) {
    note(nanos, totalOperations, totalBytes);
    long from = second - SECONDS;
    if (from < 0) {
      return new Achieved(totalOperations, totalBytes, Math.max(1, nanos));
    }
    return new Achieved(
        totalOperations - operations[slot(from)],
        totalBytes - bytes[slot(from)],
        nanos - from * NANOS_PER_SECOND);
  }

  private static int slot(long second) {
    return (int) (second % (SECONDS + 1));
  }
}
