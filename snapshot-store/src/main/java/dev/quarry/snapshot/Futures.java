package dev.quarry.snapshot;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/// Waits for results.
final class Futures {
  private Futures() {}

  /// The results of all, in their order. If one failed, the others are waited for nevertheless:
  /// nothing goes on behind the caller's back.
  static <T> List<T> results(List<? extends Future<T>> futures) {
    List<T> results = new ArrayList<>(futures.size());
    RuntimeException failure = null;
    for (Future<T> future : futures) {
      try {
        results.add(result(future));
      } catch (RuntimeException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
    return results;
  }

  /// The result of work that throws unchecked exceptions only.
  private static <T> T result(Future<T> future) {
    try {
      return get(future);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException known) {
        throw known;
      }
      throw new IllegalStateException("work in the background failed", e.getCause());
    }
  }

  /// The result of work. Not cut short by an interrupt: the work ends by itself, and nothing is
  /// left half done.
  static <T> T get(Future<T> future) throws ExecutionException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
