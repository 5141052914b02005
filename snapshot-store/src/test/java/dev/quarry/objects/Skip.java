package dev.quarry.objects;

import org.opentest4j.TestAbortedException;

/// Tests that cannot run here, with the reason in the log and in the report.
final class Skip {
  private Skip() {}

  static TestAbortedException because(String reason) {
    System.err.println("skipped: " + reason);
    return new TestAbortedException(reason);
  }
}
