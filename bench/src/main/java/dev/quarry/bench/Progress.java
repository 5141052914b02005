package dev.quarry.bench;

import dev.quarry.cli.Invocation;
import dev.quarry.cli.ProgressLine;

/// A line on the terminal that many threads write over, a few times a second at most.
final class Progress {
  private static final long NANOS_BETWEEN = 200_000_000;

  private final ProgressLine line; // guarded by this
  private long lastNanos; // guarded by this

  private Progress(ProgressLine line) {
    this.line = line;
    this.lastNanos = System.nanoTime() - NANOS_BETWEEN;
  }

  static Progress of(Invocation given) {
    return new Progress(ProgressLine.on(given.errors()));
  }

  /// Shows a text, unless one was shown a moment ago.
  synchronized void show(String text) {
    if (System.nanoTime() - lastNanos >= NANOS_BETWEEN) {
      lastNanos = System.nanoTime();
      line.show(text);
    }
  }

  /// Takes the line away.
  synchronized void end() {
    line.close();
  }
}
