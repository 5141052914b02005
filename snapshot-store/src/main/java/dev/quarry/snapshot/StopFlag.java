package dev.quarry.snapshot;

/// Asks work to stop. Threads are not interrupted, because that would close the files they read.
final class StopFlag {
  private volatile boolean stopped;

  void stop() {
    stopped = true;
  }

  /// @throws SnapshotException.Cancelled if it was to stop
  void check() {
    if (stopped) {
      throw new SnapshotException.Cancelled("stopped by request");
    }
  }
}
