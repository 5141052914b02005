package dev.quarry.cli;

import dev.quarry.node.HostPort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// One HTTP/1.1 request on a connection of its own.
///
/// Both ends are ours and on one machine: no redirects, no encodings, no connection kept. Of the
/// JDK's own clients, java.net.http doubles the processor time of a whole command (620 ms instead
/// of 275 on a busy machine, from an AOT cache), and HttpURLConnection, as quick as this, knows no
/// PATCH and sends a POST again by itself when a connection ends early.
///
/// @param status the answer's HTTP status
/// @param body the answer's body
record HttpCall(int status, byte[] body) {
  private static final int CONNECT_MILLIS = 5_000;

  /// Long enough for a command that waits for a disk.
  private static final int READ_MILLIS = 120_000;

  /// Sends a request and waits for its answer.
  ///
  /// @throws java.net.ConnectException if nobody listens there
  /// @throws IOException if the exchange failed, so that it is not known what came of it
  static HttpCall send(HostPort server, String token, String method, String path, byte[] body)
      throws IOException {
    String head =
        """
        %s %s HTTP/1.1
        Host: %s
        Authorization: Bearer %s
        Connection: close
        Content-Type: application/json
        Content-Length: %d

        """
            .formatted(method, path, server, token, body.length)
            .replace("\n", "\r\n");
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(server.host(), server.port()), CONNECT_MILLIS);
      socket.setSoTimeout(READ_MILLIS);
      OutputStream out = socket.getOutputStream();
      out.write(concatenate(head.getBytes(StandardCharsets.US_ASCII), body));
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      socket.getInputStream().transferTo(answer);
      return parse(answer.toByteArray());
    }
  }

  /// Takes an answer apart: its head ends at the first empty line, its body where the server said.
  static HttpCall parse(byte[] answer) throws IOException {
    String text = new String(answer, StandardCharsets.ISO_8859_1);
    int headEnd = text.indexOf("\r\n\r\n");
    if (headEnd < 0 || !text.startsWith("HTTP/1.1 ")) {
      throw new IOException("the node's answer is not HTTP bytes=" + answer.length);
    }
    try {
      int status = Integer.parseInt(text.substring(9, 12));
      int length = contentLength(text.substring(0, headEnd));
      int bodyAt = headEnd + 4;
      if (answer.length - bodyAt < length) {
        throw new IOException("the node's answer was cut short bytes=" + answer.length);
      }
      return new HttpCall(status, Arrays.copyOfRange(answer, bodyAt, bodyAt + length));
    } catch (NumberFormatException e) {
      throw new IOException("the node's answer is not HTTP bytes=" + answer.length, e);
    }
  }

  private static int contentLength(String head) throws IOException {
    for (String line : head.split("\r\n")) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).equalsIgnoreCase("Content-Length")) {
        return Integer.parseUnsignedInt(line.substring(colon + 1).strip());
      }
    }
    throw new IOException("the node's answer has no length");
  }

  private static byte[] concatenate(byte[] head, byte[] body) {
    byte[] all = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, all, head.length, body.length);
    return all;
  }
}
