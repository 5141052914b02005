package dev.quarry.cli;

import dev.quarry.node.JsonObject;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.function.Function;

/// One line on a terminal's standard error that is written over as things go on. On anything else
/// it says nothing.
public final class ProgressLine implements AutoCloseable {
  private static final long LOOK_MILLIS = 300;

  private final PrintWriter err;
  private final boolean terminal;
  private int width;

  ProgressLine(PrintWriter err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  /// On this process's terminal, if it has one.
  public static ProgressLine on(PrintWriter err) {
    return new ProgressLine(err, System.console() != null && System.console().isTerminal());
  }

  /// Shows a text in place of the last.
  public void show(String text) {
    if (terminal) {
      err.print("\r" + text + " ".repeat(Math.max(0, width - text.length())));
      err.flush();
      width = text.length();
    }
  }

  /// Shows what becomes of something of the node until it leaves a state.
  ///
  /// @param path where the node tells of it
  /// @param text what to show of it
  /// @return it as it is then
  JsonObject follow(NodeClient node, String path, String state, Function<JsonObject, String> text)
      throws InterruptedException {
    JsonObject now = node.get(path);
    while (now.text("state").equals(Optional.of(state))) {
      show(text.apply(now));
      Thread.sleep(LOOK_MILLIS);
      now = node.get(path);
    }
    return now;
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
