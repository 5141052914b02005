package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Files that hold objects as version 1 wrote them. What is read today has to be readable for ever,
/// so these files are never written again; `-Dgolden.write=true` makes those of new formats.
final class Golden {
  private static final Path FOLDER = Path.of("src/test/resources/dev/quarry/snapshot");

  private Golden() {}

  /// Compares bytes with a file, and answers what is in the file.
  static byte[] check(String name, byte[] actual) {
    try {
      Path file = FOLDER.resolve(name);
      if (Boolean.getBoolean("golden.write") && !Files.exists(file)) {
        Files.createDirectories(FOLDER);
        Files.write(file, actual);
      }
      try (InputStream in = Golden.class.getResourceAsStream(name)) {
        byte[] expected =
            in == null && Boolean.getBoolean("golden.write")
                ? Files.readAllBytes(file)
                : assertThere(in, name).readAllBytes();
        assertArrayEquals(expected, actual, name);
        return expected;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream assertThere(InputStream in, String name) {
    assertNotNull(in, "golden file is missing: " + name);
    return in;
  }
}
