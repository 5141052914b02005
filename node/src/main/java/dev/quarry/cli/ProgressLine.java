package dev.quarry.cli;

import java.io.PrintWriter;

/// One line on a terminal's standard error that is written over as things go on. On anything else
/// it says nothing.
final class ProgressLine implements AutoCloseable {
  private final PrintWriter err;
  private final boolean terminal;
  private int width;

  ProgressLine(PrintWriter err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  /// On this process's terminal, if it has one.
  static ProgressLine on(PrintWriter err) {
    return new ProgressLine(err, System.console() != null && System.console().isTerminal());
  }

  void show(String text) {
    if (terminal) {
      err.print("\r" + text + " ".repeat(Math.max(0, width - text.length())));
      err.flush();
      width = text.length();
    }
  }

  /// Takes the line away.
  @Override
  public void close() {
    if (terminal && width > 0) {
      err.print("\r" + " ".repeat(width) + "\r");
      err.flush();
    }
  }
}
