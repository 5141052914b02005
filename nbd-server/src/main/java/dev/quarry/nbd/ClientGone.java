package dev.quarry.nbd;

import java.io.IOException;
import java.io.Serial;

/// A client that cannot be talked to any more: it left, or broke off in the middle of something.
final class ClientGone extends IOException {
  @Serial private static final long serialVersionUID = 1;

  ClientGone(String message) {
    super(message);
  }
}
