package dev.quarry.interop;

import java.io.IOException;

/// The server refused something, in a way that the protocol has for it.
final class NbdException extends IOException {
  private static final long serialVersionUID = 1;

  // NBD project, doc/proto.md, "Error values": Linux's numbers.
  static final int EPERM = 1;
  static final int EIO = 5;
  static final int EINVAL = 22;
  static final int ENOSPC = 28;
  static final int ESHUTDOWN = 108;

  private final int error;

  NbdException(int error, String refused) {
    super("the server refused error=%d %s".formatted(error, refused));
    this.error = error;
  }

  /// The number on the wire: an error value, or in a handshake the reply type.
  int error() {
    return error;
  }
}
