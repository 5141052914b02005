package dev.quarry.load;

import java.io.Serial;

/// A server cannot be reached, or does not do what it should.
public final class NbdException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  NbdException(String message) {
    super(message);
  }
}
