package dev.quarry.cli;

import java.io.Serial;

/// A command could not do its work. Its user sees the message and, below it, what to do; never a
/// stack trace.
public final class CliException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;
  private final String hint;

  /// @param message what happened
  /// @param hint what to do about it; empty if the message says it all
  public CliException(String message, String hint) {
    super(message);
    this.hint = hint;
  }

  String hint() {
    return hint;
  }
}
