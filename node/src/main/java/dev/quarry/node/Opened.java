package dev.quarry.node;

import java.util.ArrayDeque;
import java.util.Deque;

/// What a start has opened so far, to be closed again if it fails.
final class Opened {
  private final Deque<AutoCloseable> resources = new ArrayDeque<>();

  <T extends AutoCloseable> T add(T resource) {
    resources.push(resource);
    return resource;
  }

  /// Closes all, the last first; what fails there is noted in the failure that led here.
  void closeAfter(Exception failure) {
    while (!resources.isEmpty()) {
      try {
        resources.pop().close();
      } catch (Exception e) {
        failure.addSuppressed(e);
      }
    }
  }
}
