package dev.quarry.workload;

import java.io.BufferedReader;
import java.io.IOException;

/// Lines of bounded length, with their numbers.
final class LineSource implements AutoCloseable {
  private final BufferedReader in;
  private final StringBuilder buffer = new StringBuilder();
  private String line = "";
  private long number;
  private boolean clipped;

  LineSource(BufferedReader in) {
    this.in = in;
  }

  boolean next() throws IOException {
    buffer.setLength(0);
    clipped = false;
    int c = in.read();
    if (c < 0) {
      return false;
    }
    while (c >= 0 && c != '\n') {
      if (buffer.length() < Trace.LONGEST_LINE) {
        buffer.append((char) c);
      } else {
        clipped = true;
      }
      c = in.read();
    }
    if (!buffer.isEmpty() && buffer.charAt(buffer.length() - 1) == '\r') {
      buffer.setLength(buffer.length() - 1);
    }
    line = buffer.toString();
    number++;
    return true;
  }

  /// The line, or as much of it as the bound allows.
  String line() {
    return line;
  }

  boolean clipped() {
    return clipped;
  }

  /// From 1 on.
  long number() {
    return number;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
