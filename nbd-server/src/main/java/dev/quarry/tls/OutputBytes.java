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
    int step = Math.min(bytes.remaining(), into.remaining());
    into.put(bytes.slice(bytes.position(), step));
    bytes.position(bytes.position() + step);
    return step;
  }

  boolean hasSome() {
    return bytes.hasRemaining();
  }
}
