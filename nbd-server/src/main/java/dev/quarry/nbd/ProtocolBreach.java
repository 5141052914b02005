package dev.quarry.nbd;

import java.io.IOException;
import java.io.Serial;

/// A client that sent what no reply can answer. Its connection ends.
final class ProtocolBreach extends IOException {
  @Serial private static final long serialVersionUID = 1;

  ProtocolBreach(String message) {
    super(message);
  }
}
