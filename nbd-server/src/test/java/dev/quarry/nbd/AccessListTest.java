package dev.quarry.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
    assertTrue(list.permits(client("alice"), "vol-1"));
    assertTrue(list.permits(client("alice"), "vol-2"));
    assertFalse(list.permits(client("alice"), "vol-3"));
    assertTrue(list.permits(client("root"), "vol-3"));
    assertFalse(list.permits(client("nobody"), "vol-1"));
    assertFalse(list.permits(client("bob"), "vol-1"));
    assertFalse(list.permits(client(), "vol-1"));
  }

  @Test
  void load_lineWithoutName_refusedWithItsNumber() throws IOException {
    Path file = folder.resolve("access");
    Files.writeString(file, "alice: vol-1\nvol-2\n");
    IOException e = assertThrows(IOException.class, () -> AccessList.load(file));
    assertEquals("not a line of NAME: EXPORT... file=" + file + " line=2", e.getMessage());
  }
}
