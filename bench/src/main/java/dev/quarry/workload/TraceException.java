package dev.quarry.workload;

import java.io.Serial;

/// A trace cannot be read. The message names the line.
public final class TraceException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  public TraceException(String message) {
    super(message);
  }

  TraceException(String message, Throwable cause) {
    super(message, cause);
  }
}
