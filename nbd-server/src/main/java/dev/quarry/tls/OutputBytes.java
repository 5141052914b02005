package dev.quarry.tls;

import java.nio.ByteBuffer;

/// Bytes that wait to be sent.
final class OutputBytes {
  private ByteBuffer bytes = ByteBuffer.allocate(4096).limit(0); // from position to limit

  void add(ByteBuffer more) {
    bytes.compact();
    if (bytes.remaining() < more.remaining()) {
      int needed = bytes.position() + more.remaining();
      bytes = ByteBuffer.allocate(Math.max(2 * bytes.capacity(), needed)).put(bytes.flip());
    }
    bytes.put(more).flip();
  }

  int take(ByteBuffer into) {
    return move(bytes, into);
  }

  /// Moves bytes, as many as there are and fit.
  ///
  /// @return how many
  static int move(ByteBuffer from, ByteBuffer into) {
    int step = Math.min(from.remaining(), into.remaining());
    into.put(from.slice(from.position(), step));
    from.position(from.position() + step);
    return step;
  }

  boolean hasSome() {
    return bytes.hasRemaining();
  }
}
