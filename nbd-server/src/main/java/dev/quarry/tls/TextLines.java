package dev.quarry.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Reads files that people write with one entry a line: who has which key, who may use what. Empty
/// lines and those that begin with `#` do not count.
public final class TextLines {

  private TextLines() {}

  /// The lines that count, without the white space around them, by their numbers in the file, of
  /// which the first is 1.
  ///
  /// @throws IOException if the file is missing or cannot be read
  public static SortedMap<Integer, String> of(Path file) throws IOException {
    List<String> all;
    try {
      all = Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      throw new IOException("file is missing file=" + file, e);
    }
    SortedMap<Integer, String> lines = new TreeMap<>();
    for (int i = 0; i < all.size(); i++) {
      String line = all.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        lines.put(i + 1, line);
      }
    }
    return lines;
  }
}
