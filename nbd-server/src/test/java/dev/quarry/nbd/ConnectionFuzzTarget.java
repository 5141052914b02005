package dev.quarry.nbd;

import java.io.IOException;
import java.io.UncheckedIOException;

/// What a coverage-guided fuzzer calls with its inputs, one at a time and for as long as its
/// process lives.
public final class ConnectionFuzzTarget {
  private static final ConnectionFuzz FUZZ = opened();

  private ConnectionFuzzTarget() {}

  private static ConnectionFuzz opened() {
    try {
      return new ConnectionFuzz();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The name and form that Jazzer looks for.
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    FUZZ.run(input);
  }
}
