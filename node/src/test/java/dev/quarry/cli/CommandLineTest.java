package dev.quarry.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.node.JsonObject;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/// What the command line says without a node.
final class CommandLineTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bogus | Unmatched argument at index 0: 'bogus'",
        "volume show | Missing required parameter: 'VOLUME'",
        "volume create | give --size, or --snapshot to make it from one",
        "volume create --size 1X | '1X' is not a size; write one like 20GiB",
        "volume create --size 1G --tag a | KEY=VALUE",
        "volume create --size 1G --colour red | Unknown options: '--colour', 'red'",
        "volume list --output xml | 'xml' is none of table, json",
        "attach v --connections 0 | '0' is not a number from 1 to 16",
        "attach v --connections many | 'many' is not a number from 1 to 16",
        "attach v --unix --tcp | --unix and --tcp exclude each other",
        "serve --listen here | 'here' is not an address; write one like 127.0.0.1:10809",
        "serve --root-key-file k --passphrase | --root-key-file and --passphrase exclude each"
            + " other",
        "key rotate k --every 90 --off | --every and --off exclude each other",
        "key schedule-deletion k --days none | 'none' is not a number of days",
        "key audit --from 0 | '0' is not a number from 1 on",
        "key alias create alias/a | Missing required option: '--key=KEY'",
        "key change-root | name the new root key",
        "key change-root --new-passphrase --new-in-data-folder | exclude each other",
        "settings set | name a setting: --encryption-by-default or --default-key",
        "settings set --encryption-by-default yes | 'yes' is neither on nor off",
        "serve --log-format xml | 'xml' is none of text, json",
        "completion fish | 'fish' is none of bash, zsh",
      })
  void wrongUsage_exitsTwo_andSaysWhere(String line, String message) {
    CommandRun run = CommandRun.of(line.split(" "));
    assertEquals(2, run.exitCode());
    assertEquals("", run.out());
    assertTrue(run.err().startsWith("error: "), run.err());
    assertTrue(run.err().contains(message), run.err());
    assertTrue(run.err().contains("Usage: quarry") || run.err().contains(" --help`"), run.err());
  }

  @ParameterizedTest
  @CsvSource({"'', Usage: quarry", "volume, Usage: quarry volume"})
  void groupWithoutACommand_showsItsCommands(String line, String usage) {
    CommandRun run = line.isEmpty() ? CommandRun.of() : CommandRun.of(line.split(" "));
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains(usage), run.err());
  }

  static List<String> commands() {
    return commandsBelow("", Quarry.commandLine());
  }

  private static List<String> commandsBelow(String path, CommandLine command) {
    List<String> found = new ArrayList<>(List.of(path));
    command
        .getSubcommands()
        .forEach((name, below) -> found.addAll(commandsBelow((path + " " + name).strip(), below)));
    return found;
  }

  @ParameterizedTest
  @MethodSource("commands")
  void help_ofEachCommand_describesItAndAllItTakes(String path) {
    CommandRun run = CommandRun.of((path + " --help").strip().split(" "));
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().startsWith("Usage: quarry"), run.out());
    assertTrue(run.out().lines().allMatch(line -> line.length() <= 100), run.out());
  }

  @Test
  void help_isACommandToo() {
    assertEquals(CommandRun.of("--help"), CommandRun.of("help"));
  }

  @Test
  void version_namesQuarryAndItsJvm() {
    CommandRun run = CommandRun.of("version");
    assertTrue(run.out().matches("quarry \\S+ \\(JVM 2[5-9].*\\)\n"), run.out());
  }

  @Test
  void completion_isAScriptThatBashCanRead() throws Exception {
    CommandRun run = CommandRun.of("completion", "bash");
    assertEquals(0, run.exitCode());
    Process bash = new ProcessBuilder("bash", "-n").start();
    try (var in = bash.outputWriter()) {
      in.write(run.out());
    }
    assertEquals(0, bash.waitFor());
    assertTrue(run.out().contains("_complete_quarry"));
    assertTrue(run.out().contains("schedule-deletion"), "all commands are in it");
  }

  @Test
  void passphrase_withoutATerminal_isNotAskedFor(@TempDir Path folder) {
    CommandRun run = CommandRun.on(folder, "serve", "--passphrase");
    assertEquals(1, run.exitCode());
    assertTrue(run.err().startsWith("error: there is no terminal to ask"), run.err());
    assertTrue(run.err().contains("--passphrase-file"), run.err());
  }

  @Test
  void noNode_saysHowToStartOne(@TempDir Path folder) {
    CommandRun run = CommandRun.on(folder, "volume", "list");
    assertEquals(1, run.exitCode());
    assertEquals("", run.out());
    assertEquals(
        """
        error: no node runs on the data folder %s
          start one with `quarry serve --data %s`, or name another folder with --data or the variable QUARRY_DATA
        """
            .formatted(folder, folder),
        run.err());
  }

  @Test
  void nodeThatWasKilled_isNoNode(@TempDir Path folder) throws Exception {
    int closedPort;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closedPort = socket.getLocalPort();
    }
    writeNodeFile(folder, closedPort);
    CommandRun run = CommandRun.on(folder, "status");
    assertEquals(1, run.exitCode());
    assertTrue(run.err().startsWith("error: no node runs on the data folder "), run.err());
  }

  @Test
  void somethingElseOnTheNodesPort_isNoAnswer(@TempDir Path folder) throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread thread =
          Thread.ofPlatform()
              .start(() -> {
                try (var client = other.accept()) {
                  client.getInputStream().read();
                  client.getOutputStream().write("SSH-2.0\r\n".getBytes());
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
              });
      writeNodeFile(folder, other.getLocalPort());
      CommandRun run = CommandRun.on(folder, "status");
      assertEquals(1, run.exitCode());
      assertTrue(run.err().startsWith("error: the node did not answer api="), run.err());
      thread.join();
    }
  }

  @Test
  void nodeFileThatCannotBeRead_isSaid(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("node.json"), "{");
    CommandRun run = CommandRun.on(folder, "status");
    assertEquals(1, run.exitCode());
    assertTrue(run.err().contains("node.json cannot be read in " + folder), run.err());
  }

  @Test
  void rehearsal_ofAllCommands_endsAsItIsMeant() {
    assertDoesNotThrow(Rehearsal::rehearse);
  }

  private static void writeNodeFile(Path folder, int port) throws Exception {
    Files.write(
        folder.resolve("node.json"),
        new JsonObject().put("api", "127.0.0.1:" + port).put("token", "t").bytes());
  }
}
