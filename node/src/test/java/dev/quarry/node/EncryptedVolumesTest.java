package dev.quarry.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.NbdConnection;
import dev.quarry.cli.CommandRun;
import dev.quarry.crypto.LocalKeyService;
import java.io.EOFException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of a node's encrypted volumes as their keys change.
final class EncryptedVolumesTest {
  @TempDir private Path folder;
  private KeyFixture keys;

  @BeforeEach
  void prepare() {
    keys = new KeyFixture(folder.resolve("data"), new ManualClock());
  }

  @Test
  void keyDisabled_stopsNewAttachments_notThoseThereAre() throws Exception {
    try (Node node = start()) {
      run("key", "create", "--alias", "alias/web");
      run("volume", "create", "--size", "1GiB", "--name", "shop", "--key", "alias/web");
      try (NbdConnection client = connect(node, "shop")) {
        run("key", "disable", "alias/web");
        assertEquals(0, client.write(0, new byte[4096]));
        assertEquals(0, client.flush());
      }
    }
    try (Node node = start()) {
      assertThrows(EOFException.class, () -> connect(node, "shop").close());
      run("key", "enable", "alias/web");
      connect(node, "shop").close();
    }
  }

  @Test
  void keyRotated_opensWhatItEncryptedBefore() throws Exception {
    try (Node node = start()) {
      run("volume", "create", "--size", "1GiB", "--name", "old", "--encrypted");
      run("key", "rotate", "alias/aws/ebs");
      run("volume", "create", "--size", "1GiB", "--name", "new", "--encrypted");
      for (String volume : List.of("old", "new")) {
        connect(node, volume).close();
      }
    }
  }

  @Test
  void keyDeleted_makesItsVolumesUnreadable_andSaysSo() throws Exception {
    String id;
    try (Node node = start()) {
      id = CommandRun.json(keys.data(), "key", "create").text("id").orElseThrow();
      run("volume", "create", "--size", "1GiB", "--name", "lost", "--key", id);
      connect(node, "lost").close();
      run("key", "schedule-deletion", id, "--days", "7");
    }
    keys.clock().advance(Duration.ofDays(7));
    try (LocalKeyService service = keys.open()) {
      assertEquals(List.of(id), service.purgeDue());
    }
    try (Node node = start()) {
      assertThrows(EOFException.class, () -> connect(node, "lost").close());
      CommandRun shown = CommandRun.on(keys.data(), "key", "show", id);
      assertTrue(
          shown.err().contains("key is deleted, what it encrypted cannot be read any more"),
          shown.err());
      run("volume", "delete", "lost");
    }
  }

  @Test
  void keysLost_nodeRefusesToStart_untilTheyOrTheVolumesAreElsewhere() throws Exception {
    try (Node node = start()) {
      assertEquals(1, node.demo().stream().count());
    }
    Files.delete(keys.folder().resolve("keyfile"));
    try (Node _ = start()) { // nothing is encrypted yet
      run("volume", "create", "--size", "1GiB", "--name", "secret", "--encrypted");
    }
    Path saved = folder.resolve("saved");
    Files.move(keys.folder().resolve("keyfile"), saved);
    NodeException e = assertThrows(NodeException.class, this::start);
    assertTrue(e.getMessage().contains("volumes=[vol-"), e::getMessage);
    assertFalse(Files.exists(keys.folder().resolve("keyfile")), "no new keys");
    Files.move(saved, keys.folder().resolve("keyfile"));
    try (Node node = start()) {
      connect(node, "secret").close();
    }
  }

  @Test
  void encryptionByDefault_holdsForWhatIsCreatedFromThenOn() throws Exception {
    try (Node node = start()) {
      run("volume", "create", "--size", "1GiB", "--name", "plain");
      run("settings", "set", "--encryption-by-default", "on");
      run("volume", "create", "--size", "1GiB", "--name", "secret");
      run("key", "disable", "alias/aws/ebs");
      connect(node, "plain").close();
      assertThrows(EOFException.class, () -> connect(node, "secret").close());
      CommandRun refused = CommandRun.on(keys.data(), "volume", "create", "--size", "1GiB");
      assertTrue(
          refused.err().startsWith("error: InvalidKMSKey.InvalidState: The key "), refused.err());
    }
  }

  private Node start() throws NodeException {
    HostPort anyPort = HostPort.parse("127.0.0.1:0");
    Path data = keys.data();
    return Node.start(
        new NodeSettings(data, anyPort, NodeSettings.defaultSocket(data), anyPort), keys.local());
  }

  private void run(String... words) {
    CommandRun run = CommandRun.on(keys.data(), words);
    assertEquals(0, run.exitCode(), run.err());
  }

  private static NbdConnection connect(Node node, String volume) throws Exception {
    return new NbdConnection(HostPort.parse(node.file().nbd()), volume);
  }
}
