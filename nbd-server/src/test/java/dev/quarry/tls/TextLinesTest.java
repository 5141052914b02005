package dev.quarry.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextLinesTest {
  @TempDir Path folder;

  @Test
  void of_linesThatDoNotCount_leftOutAndNumbered() throws IOException {
    Path file = folder.resolve("lines");
    Files.writeString(file, "# first\n\n  b # not a comment \n \t\n  # nor an entry\na\n");
    Map<Integer, String> lines = TextLines.of(file);
    assertEquals(Map.of(3, "b # not a comment", 6, "a"), lines);
    assertEquals(List.of(3, 6), List.copyOf(lines.keySet()));
  }

  @Test
  void of_missingFile_namesIt() {
    Path file = folder.resolve("none");
    IOException e = assertThrows(IOException.class, () -> TextLines.of(file));
    assertEquals("file is missing file=" + file, e.getMessage());
  }
}
