package dev.quarry.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quarry.nbd.ExportAccess.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessListTest {
  @TempDir Path folder;

  private static Client client(String... name) {
    return new Client(
        1, "unix", Optional.empty(), Optional.ofNullable(name.length == 0 ? null : name[0]));
  }

  @Test
  void load_namesAndExports_permitsThoseOnly() throws IOException {
    Path file = folder.resolve("access");
    Files.writeString(file, "# who: what\n\nalice: vol-1  vol-2\nroot: *\nnobody:\n");
    AccessList list = AccessList.load(file);
    assertEquals(Level.WRITE, list.level(client("alice"), "vol-1"));
    assertEquals(Level.WRITE, list.level(client("alice"), "vol-2"));
    assertEquals(Level.NONE, list.level(client("alice"), "vol-3"));
    assertEquals(Level.WRITE, list.level(client("root"), "vol-3"));
    assertEquals(Level.NONE, list.level(client("nobody"), "vol-1"));
    assertEquals(Level.NONE, list.level(client("bob"), "vol-1"));
    assertEquals(Level.NONE, list.level(client(), "vol-1"));
  }

  @Test
  void load_lineWithoutName_refusedWithItsNumber() throws IOException {
    Path file = folder.resolve("access");
    Files.writeString(file, "alice: vol-1\nvol-2\n");
    IOException e = assertThrows(IOException.class, () -> AccessList.load(file));
    assertEquals("not a line of NAME: EXPORT... file=" + file + " line=2", e.getMessage());
  }

  @Test
  void load_exportsToReadOnly_permitsReading() throws IOException {
    Path file = folder.resolve("access");
    Files.writeString(file, "alice: vol-1:ro *:ro vol-3\n");
    AccessList list = AccessList.load(file);
    assertEquals(Level.READ, list.level(client("alice"), "vol-1"));
    assertEquals(Level.READ, list.level(client("alice"), "vol-2"));
    assertEquals(Level.WRITE, list.level(client("alice"), "vol-3"));
  }
}
