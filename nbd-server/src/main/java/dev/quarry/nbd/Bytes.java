package dev.quarry.nbd;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/// Writes down a message of the handshake: its fields in their order.
interface Bytes {

  void writeTo(DataOutputStream out) throws IOException;

  static byte[] of(Bytes message) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      message.writeTo(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException("an array takes every byte", e);
    }
    return bytes.toByteArray();
  }
}
