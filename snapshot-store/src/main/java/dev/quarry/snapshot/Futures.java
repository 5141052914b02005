package dev.quarry.snapshot;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/// Waits for results.
final class Futures {
  private Futures() {}

  /// The result of work that throws [SnapshotException]s only. Not cut short by an interrupt: the
  /// work ends by itself, and nothing is left half done.
  static <T> T result(Future<T> future) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          if (e.getCause() instanceof SnapshotException known) {
            throw known;
          }
          throw new IllegalStateException("work in the background failed", e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
