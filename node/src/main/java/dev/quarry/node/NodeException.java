package dev.quarry.node;

import java.io.Serial;

/// A node cannot start. The message is for the person who starts it: a fact, and in [#remedy] what
/// to do about it.
public final class NodeException extends Exception {
  @Serial private static final long serialVersionUID = 1;
  private final String remedy;

  NodeException(String message, String remedy, Throwable cause) {
    super(message, cause);
    this.remedy = remedy;
  }

  /// What to do, as a sentence without its full stop.
  public String remedy() {
    return remedy;
  }
}
