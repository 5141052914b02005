package dev.quarry.nbd;

import java.io.Serial;

/// An option that is answered with an error; the handshake goes on. The message is for the client.
final class OptionRefusal extends Exception {
  @Serial private static final long serialVersionUID = 1;
  private final int reply;

  OptionRefusal(int reply, String message) {
    super(message);
    this.reply = reply;
  }

  /// The type of the error reply.
  int reply() {
    return reply;
  }
}
