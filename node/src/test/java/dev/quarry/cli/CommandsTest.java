package dev.quarry.cli;

import static dev.quarry.cli.CommandRun.line;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.NbdConnection;
import dev.quarry.node.HostPort;
import dev.quarry.node.JsonObject;
import dev.quarry.node.Node;
import dev.quarry.node.NodeSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The commands, against a node in this process.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CommandsTest {
  private Path data;
  private Node node;
  private String demo;

  @BeforeAll
  void startNode(@TempDir Path folder) throws Exception {
    data = folder.resolve("a data folder");
    HostPort anyPort = HostPort.parse("127.0.0.1:0");
    node = Node.start(new NodeSettings(data, anyPort, NodeSettings.defaultSocket(data), anyPort));
    demo = node.demo().orElseThrow().id().text();
  }

  @AfterAll
  void stopNode() throws Exception {
    node.close();
  }

  @Test
  void create_withEverything_isListedAndShown() throws Exception {
    JsonObject created =
        CommandRun.json(
            data,
            "volume",
            "create",
            "--size",
            "1.5TiB",
            "--name",
            "db",
            "--type",
            "gp3",
            "--tag",
            "env=prod",
            "--tag",
            "note=a=b c");
    assertEquals(Optional.of(1536L << 30), created.number("sizeBytes"));
    assertEquals(
        Map.of("env", "prod", "note", "a=b c"), created.object("tags").orElseThrow().texts());
    String line = line(ok("volume", "list"), "db");
    assertEquals(
        List.of(created.text("id").orElseThrow(), "db", "gp3", "1536", "GiB", "available"),
        List.of(line.split("\\s+")).subList(0, 6));
    String details = ok("volume", "show", created.text("id").orElseThrow());
    assertTrue(line(details, "size").endsWith("1536 GiB (1649267441664 bytes)"), details);
    assertTrue(line(details, "tags").endsWith("env=prod,note=a=b c"), details);
    assertTrue(details.contains("nbd://" + node.file().nbd() + "/vol-"), details);
    assertEquals(
        "deleted " + created.text("id").orElseThrow() + "\n", ok("volume", "delete", "db"));
  }

  @Test
  void list_asJson_isTheApisAnswer() throws Exception {
    JsonObject answer = CommandRun.json(data, "volume", "list");
    assertTrue(
        answer.objects("volumes").stream().anyMatch(v -> v.text("id").equals(Optional.of(demo))));
  }

  @Test
  void modify_growsButDoesNotShrink() throws Exception {
    ok("volume", "create", "--size", "2GiB", "--name", "growing");
    assertTrue(line(ok("volume", "modify", "growing", "--size", "3G"), "size").contains("3 GiB"));
    CommandRun shrunk = CommandRun.on(data, "volume", "modify", "growing", "--size", "2GiB");
    assertEquals(1, shrunk.exitCode());
    assertTrue(shrunk.err().startsWith("error: InvalidParameterValue: "), shrunk.err());
  }

  @Test
  void unknownVolume_isTheEbsErrorWithAHint() {
    for (List<String> words :
        List.of(
            List.of("volume", "show", "nope"),
            List.of("volume", "delete", "nope"),
            List.of("attach", "nope"),
            List.of("detach", "nope"))) {
      CommandRun run = CommandRun.on(data, words.toArray(String[]::new));
      assertEquals(1, run.exitCode());
      assertEquals("", run.out());
      assertEquals(
          """
          error: InvalidVolume.NotFound: The volume 'nope' does not exist.
            `quarry volume list` shows the volumes of this node
          """,
          run.err());
    }
  }

  @Test
  void unknownType_isRefusedAsUnknown() {
    CommandRun run = CommandRun.on(data, "volume", "create", "--size", "1GiB", "--type", "gp9");
    assertEquals(1, run.exitCode());
    assertTrue(run.err().startsWith("error: UnknownVolumeType: "), run.err());
  }

  @Test
  void delete_volumeInUse_saysWhatToDoFirst() throws Exception {
    try (NbdConnection client = new NbdConnection(HostPort.parse(node.file().nbd()), demo)) {
      assertEquals(10L << 30, client.sizeBytes());
      CommandRun run = CommandRun.on(data, "volume", "delete", "demo");
      assertEquals(1, run.exitCode());
      assertTrue(run.err().startsWith("error: VolumeInUse: "), run.err());
      assertTrue(run.err().contains("quarry detach"), run.err());
    }
  }

  @Test
  void attach_printsTheCommandForTheUnixSocket() throws Exception {
    assertEquals(
        "nbd-client -unix '%s' /dev/nbd7 -nonetlink -name %s -block-size 512 -connections 1\n"
            .formatted(data.resolve("nbd.sock"), demo),
        ok("attach", "demo", "--device", "/dev/nbd7"));
  }

  @Test
  void attach_byTcp_printsHostAndPort() throws Exception {
    HostPort nbd = HostPort.parse(node.file().nbd());
    JsonObject answer =
        CommandRun.json(
            data, "attach", demo, "--tcp", "--connections", "4", "--device", "/dev/nbd7");
    assertEquals(Optional.of("/dev/nbd7"), answer.text("device"));
    assertEquals(
        List.of(
            "nbd-client",
            nbd.host(),
            Integer.toString(nbd.port()),
            "/dev/nbd7",
            "-nonetlink",
            "-name",
            demo,
            "-block-size",
            "512",
            "-connections",
            "4"),
        answer.texts("command"));
  }

  @Test
  void detach_device_printsItsCommandWithoutANode() {
    CommandRun run = CommandRun.on(Path.of("/nowhere"), "detach", "/dev/nbd3");
    assertEquals(new CommandRun(0, "nbd-client -d /dev/nbd3\n", ""), run);
  }

  @Test
  void detach_volumeNotAttachedHere_saysSo() {
    CommandRun run = CommandRun.on(data, "detach", "demo");
    assertEquals(1, run.exitCode());
    assertTrue(run.err().contains("no NBD device of this machine is connected to " + demo));
  }

  @Test
  void status_tellsAddressesAndCounts() throws Exception {
    String status = ok("status");
    assertTrue(line(status, "nbd").endsWith(node.file().nbd()), status);
    assertTrue(line(status, "data").endsWith(data.toString()), status);
    assertFalse(status.contains(node.file().token()));
  }

  private String ok(String... words) {
    return CommandRun.ok(data, words);
  }
}
