package dev.quarry.interop;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// What the guests' function `content` prints.
final class GuestContent {
  static final int BYTES = 16384;

  private GuestContent() {}

  static byte[] of(int number) {
    byte[] line =
        ("this is the content of number " + number + "\n").getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    while (bytes.hasRemaining()) {
      bytes.put(line, 0, Math.min(line.length, bytes.remaining()));
    }
    return bytes.array();
  }
}
