package dev.quarry.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NodeFileTest {
  private static final NodeFile FILE =
      new NodeFile(7, "127.0.0.1:1", "secret-token", "127.0.0.1:2", "/a b/nbd.sock", "0.1");

  @TempDir private Path folder;

  @Test
  void write_isReadBack_byItsOwnerOnly() throws Exception {
    FILE.write(folder);
    assertEquals(Optional.of(FILE), NodeFile.read(folder));
    assertEquals(
        PosixFilePermissions.fromString("rw-------"),
        Files.getPosixFilePermissions(folder.resolve("node.json")));
  }

  @Test
  void write_overFilesOfAKilledNode_replacesThem() throws Exception {
    Files.writeString(folder.resolve("node.json"), "{\"old\": 1}");
    Files.writeString(folder.resolve(".node.json.new"), "half");
    Files.setPosixFilePermissions(
        folder.resolve(".node.json.new"), PosixFilePermissions.fromString("rw-rw-rw-"));
    FILE.write(folder);
    assertEquals(Optional.of(FILE), NodeFile.read(folder));
    assertEquals(
        PosixFilePermissions.fromString("rw-------"),
        Files.getPosixFilePermissions(folder.resolve("node.json")));
  }

  @Test
  void read_withoutFile_isNothing() throws Exception {
    assertEquals(Optional.empty(), NodeFile.read(folder));
    assertEquals(Optional.empty(), NodeFile.read(folder.resolve("not/there")));
  }

  @Test
  void read_anotherFile_isRefused() throws Exception {
    Files.writeString(folder.resolve("node.json"), "{\"api\": \"127.0.0.1:1\"}");
    assertThrows(IOException.class, () -> NodeFile.read(folder));
    Files.writeString(folder.resolve("node.json"), "");
    assertThrows(IOException.class, () -> NodeFile.read(folder));
  }

  @Test
  void toString_hidesTheToken() {
    assertFalse(FILE.toString().contains("secret-token"));
  }
}
