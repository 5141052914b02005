package dev.quarry.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quarry.NbdConnection;
import dev.quarry.NodeProcess;
import dev.quarry.node.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `quarry serve` as a process: how it starts, refuses to, and ends.
final class ServeTest {
  @TempDir private Path folder;

  @Test
  void serve_newFolder_makesDemo_saysHowToAttachIt_andEndsCleanly() throws Exception {
    try (NodeProcess node = NodeProcess.start(folder)) {
      assertTrue(node.out().contains("first volume of 10 GiB, named demo"), node.out());
      assertTrue(
          node.out()
              .contains(
                  "nbd-client %s %d /dev/nbd0 -name demo"
                      .formatted(node.nbd().host(), node.nbd().port())),
          node.out());
      assertTrue(node.out().contains(node.uri("demo")), node.out());
      assertEquals(
          PosixFilePermissions.fromString("rw-------"),
          Files.getPosixFilePermissions(node.data().resolve("node.json")));
      assertEquals(Optional.of("demo"), onlyVolume(node).text("name"));
      assertEquals(Optional.of(node.pid()), CommandRun.json(node.data(), "status").number("pid"));

      assertEquals(0, node.stop(), node.log());
      assertTrue(node.log().contains("node ended, all volumes are durable"), node.log());
      assertFalse(Files.exists(node.data().resolve("node.json")));
      assertFalse(Files.exists(node.socket()));
    }
  }

  @Test
  void serve_interrupted_withAClient_keepsItsDataAndEndsCleanly() throws Exception {
    try (NodeProcess node = NodeProcess.start(folder);
        NbdConnection client = new NbdConnection(node.nbd(), "demo")) {
      assertEquals(0, client.write(0, "kept".getBytes(StandardCharsets.US_ASCII)));
      String id = onlyVolume(node).text("id").orElseThrow();
      node.signal(interruptible() ? "INT" : "TERM");
      assertEquals(0, node.exitCode(), node.log());
      client.awaitEnd();
      try (var in = Files.newInputStream(node.data().resolve("volumes/" + id + "/data"))) {
        assertEquals("kept", new String(in.readNBytes(4), StandardCharsets.US_ASCII));
      }
    }
  }

  /// Whether processes that are started here hear SIGINT: what a shell runs in the background does
  /// not.
  private static boolean interruptible() throws IOException {
    String ignored =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .map(line -> line.substring("SigIgn:".length()).strip())
            .findFirst()
            .orElseThrow();
    return (Long.parseUnsignedLong(ignored, 16) & 1L << (2 - 1)) == 0;
  }

  @Test
  void serve_killedWithAClient_startsAgainAsItWas() throws Exception {
    String before;
    try (NodeProcess node = NodeProcess.start(folder);
        NbdConnection client = new NbdConnection(node.nbd(), "demo")) {
      assertEquals(0, client.write(0, new byte[512]));
      assertEquals(0, client.flush());
      assertEquals(Optional.of("in-use"), onlyVolume(node).text("state"));
      before = onlyVolume(node).text("id").orElseThrow();
      node.kill();
      assertEquals(1, CommandRun.on(node.data(), "status").exitCode(), "its file is left behind");
    }
    try (NodeProcess node = NodeProcess.start(folder)) {
      assertFalse(node.out().contains("The data folder is new"), node.out());
      assertEquals(Optional.of(before), onlyVolume(node).text("id"));
      assertEquals(Optional.of("available"), onlyVolume(node).text("state"));
      assertEquals(0, node.stop(), node.log());
    }
  }

  @Test
  void serve_secondNodeOnAFolder_isRefused() throws Exception {
    try (NodeProcess first = NodeProcess.start(folder);
        NodeProcess second = NodeProcess.launch(List.of(), folder)) {
      assertRefused(second, "in use by another node", "pid=" + first.pid(), "--data");
      assertTrue(first.alive());
    }
  }

  @Test
  void serve_portTaken_isRefused() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        NodeProcess node =
            NodeProcess.launch(
                List.of(), folder, "--listen", "127.0.0.1:" + other.getLocalPort())) {
      assertRefused(node, "127.0.0.1:" + other.getLocalPort(), "--listen");
    }
  }

  @Test
  void serve_readOnlyFolder_isRefused() throws Exception {
    Path data = Files.createDirectories(folder.resolve("data"));
    List<String> readOnly =
        List.of(
            "unshare",
            "-m",
            "sh",
            "-c",
            "mount --bind \"$0\" \"$0\" && mount -o remount,ro,bind \"$0\" && exec \"$@\"",
            data.toString());
    assumeTrue(
        run(readOnly, "test", "!", "-w", data.toString()) == 0,
        "a read-only mount needs root and unshare");
    try (NodeProcess node = NodeProcess.launch(readOnly, folder)) {
      assertRefused(node, "the data folder cannot be opened path=" + data, "make it writable");
    }
  }

  @Test
  void serve_folderOfSomethingElse_isRefused() throws Exception {
    Files.createDirectories(folder.resolve("data/precious"));
    try (NodeProcess node = NodeProcess.launch(List.of(), folder)) {
      assertRefused(node, "holds other things than a node's data", "--data");
    }
  }

  @Test
  void serve_withAPassphrase_startsOnlyWithIt_andNeverShowsIt() throws Exception {
    Path right = ownersFile("right", "correct horse battery\n");
    try (NodeProcess node = NodeProcess.start(folder, "--passphrase-file", right.toString())) {
      assertEquals(0, node.stop(), node.log());
      assertFalse((node.log() + node.out()).contains("correct horse"), node.log());
    }
    List<String> fromFile =
        List.of("sh", "-c", "input=$1; shift; exec \"$@\" <\"$input\"", "sh", right.toString());
    try (NodeProcess node = NodeProcess.launch(fromFile, folder, "--passphrase-file", "-")) {
      node.awaitReady();
    }
    Path wrong = ownersFile("wrong", "incorrect horse\n");
    try (NodeProcess node =
        NodeProcess.launch(List.of(), folder, "--passphrase-file", wrong.toString())) {
      assertRefused(node, "wrong passphrase or root key, or the file was changed");
    }
  }

  @Test
  void serve_withARootKeyFromAFileOrAVariable_startsWithEither() throws Exception {
    String digits = "0123456789abcdef".repeat(4);
    Path file = ownersFile("root.key", digits + "\n");
    try (NodeProcess node = NodeProcess.start(folder, "--root-key-file", file.toString())) {
      assertFalse(Files.exists(node.data().resolve("keys/root.key")));
      assertEquals(0, node.stop(), node.log());
    }
    List<String> environment = List.of("env", "ROOT_KEY=" + digits);
    try (NodeProcess node = NodeProcess.launch(environment, folder, "--root-key-env", "ROOT_KEY")) {
      node.awaitReady();
      assertFalse((node.log() + node.out()).contains(digits), node.log());
    }
  }

  @Test
  void changeRoot_whileNoNodeRuns_theNodeNeedsTheNewOneAfterwards() throws Exception {
    Path passphrase = ownersFile("passphrase", "correct horse battery\n");
    try (NodeProcess node = NodeProcess.start(folder)) {
      CommandRun.json(node.data(), "key", "create", "--alias", "alias/kept");
      CommandRun busy =
          CommandRun.on(
              node.data(), "key", "change-root", "--new-passphrase-file", passphrase.toString());
      assertEquals(1, busy.exitCode());
      assertTrue(busy.err().startsWith("error: key store is in use"), busy.err());
      assertEquals(0, node.stop(), node.log());
    }
    Path data = folder.resolve("data");
    assertEquals(
        Optional.of(true),
        CommandRun.json(data, "key", "change-root", "--new-passphrase-file", passphrase.toString())
            .truth("changed"));
    assertFalse(Files.exists(data.resolve("keys/root.key")));
    try (NodeProcess node = NodeProcess.launch(List.of(), folder)) {
      assertRefused(node, "sealed under a passphrase, and none was given");
    }
    try (NodeProcess node = NodeProcess.start(folder, "--passphrase-file", passphrase.toString())) {
      assertEquals(0, CommandRun.on(node.data(), "key", "show", "alias/kept").exitCode());
      assertEquals(0, CommandRun.on(node.data(), "key", "audit", "--verify").exitCode());
    }
  }

  private Path ownersFile(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  @Test
  void serve_jsonLogs_areOneObjectALine() throws Exception {
    try (NodeProcess node = NodeProcess.start(folder, "--log-format", "json")) {
      assertEquals(0, node.stop());
      assertTrue(node.log().lines().count() >= 3, node.log());
      for (String line : node.log().lines().toList()) {
        JsonObject event = JsonObject.parse(line.getBytes(StandardCharsets.UTF_8));
        assertEquals(Optional.of("INFO"), event.text("level"), line);
        assertTrue(event.text("formattedMessage").isPresent(), line);
      }
    }
  }

  @Test
  void attachAndDetach_withExec_runTheClientOnThePath() throws Exception {
    Path client = Files.createDirectories(folder.resolve("bin")).resolve("nbd-client");
    Files.writeString(client, "#!/bin/sh\necho \"ran $*\"\n");
    Files.setPosixFilePermissions(client, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (NodeProcess node = NodeProcess.start(folder)) {
      String id = onlyVolume(node).text("id").orElseThrow();
      assertEquals(
          """
          ran -unix %s /dev/nbd7 -nonetlink -name %s -block-size 512 -connections 2
          %s is /dev/nbd7
          """
              .formatted(node.socket(), id, id),
          withClientOnPath(
              "attach", "demo", "--exec", "--connections", "2", "--device", "/dev/nbd7"));
    }
    assertEquals(
        "ran -d /dev/nbd7\n/dev/nbd7 is free\n", withClientOnPath("detach", "/dev/nbd7", "--exec"));
  }

  private String withClientOnPath(String... words) throws Exception {
    List<String> command = NodeProcess.quarry();
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("QUARRY_DATA", folder.resolve("data").toString());
    builder.environment().merge("PATH", folder.resolve("bin").toString(), (o, n) -> n + ":" + o);
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor());
    return out;
  }

  private static void assertRefused(NodeProcess node, String... words) throws Exception {
    assertEquals(1, node.exitCode(), node.log());
    assertEquals("", node.out());
    List<String> lines = node.log().lines().filter(l -> !l.matches("^20\\d\\d-.*")).toList();
    assertEquals(2, lines.size(), node.log());
    assertTrue(lines.getFirst().startsWith("error: "), node.log());
    for (String word : words) {
      assertTrue(node.log().contains(word), node.log());
    }
    assertFalse(node.log().contains("\tat "), "no stack trace for users: " + node.log());
  }

  private static JsonObject onlyVolume(NodeProcess node) throws Exception {
    List<JsonObject> volumes = CommandRun.json(node.data(), "volume", "list").objects("volumes");
    assertEquals(1, volumes.size());
    return volumes.getFirst();
  }

  private static int run(List<String> wrapper, String... command) throws Exception {
    List<String> words = new ArrayList<>(wrapper);
    words.addAll(List.of(command));
    return new ProcessBuilder(words)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
