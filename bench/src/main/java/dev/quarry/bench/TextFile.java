package dev.quarry.bench;

import dev.quarry.cli.CliException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Files that users name, with errors for users.
final class TextFile {
  /// Workloads, prices and results are small: a larger file is a mistake.
  private static final long MOST_BYTES = 16 << 20;

  private TextFile() {}

  static String read(Path file) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new CliException("file is too large: " + file, "give a text file");
      }
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new CliException("there is no file " + file, "");
    } catch (IOException e) {
      throw new CliException("file cannot be read: " + e, "");
    }
  }

  static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new CliException("file cannot be written: " + e, "name one in a folder that is there");
    }
  }
}
