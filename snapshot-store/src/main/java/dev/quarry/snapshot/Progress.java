package dev.quarry.snapshot;

import java.time.Duration;
import java.util.Optional;

/// How far the making of a snapshot, or a copy of its contents, is.
///
/// @param doneChunks chunks that are dealt with
/// @param totalChunks chunks there are to deal with, [#UNKNOWN] until they are counted
/// @param earlierChunks of those that are dealt with, how many were before it began
/// @param readBytes bytes of the volume that were read
/// @param storedBytes bytes that are durable in the store
/// @param elapsed since it began
public record Progress(
    long doneChunks,
    long totalChunks,
    long earlierChunks,
    long readBytes,
    long storedBytes,
    Duration elapsed) {

  /// They are not counted yet.
  static final long UNKNOWN = -1;

  /// 0 to 100; 100 only when all is done.
  public int percent() {
    if (totalChunks == UNKNOWN) {
      return 0;
    }
    return totalChunks == 0 ? 100 : (int) (doneChunks * 100 / totalChunks);
  }

  /// The volume's bytes dealt with per second so far.
  public long bytesPerSecond() {
    long millis = elapsed.toMillis();
    return millis == 0 ? 0 : readBytes * 1000 / millis;
  }

  /// How long it will take from here if it goes on as it did; nothing while that cannot be told.
  public Optional<Duration> remaining() {
    long nowChunks = doneChunks - earlierChunks;
    return nowChunks <= 0
        ? Optional.empty()
        : Optional.of(
            Duration.ofMillis(
                (long) ((double) elapsed.toMillis() / nowChunks * (totalChunks - doneChunks))));
  }
}
