package dev.quarry.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ShellCommandTest {

  @Test
  void toString_ofPlainWords_isUnquoted() {
    assertEquals(
        "nbd-client -unix /a/b.sock /dev/nbd0 -name vol-1",
        new ShellCommand(List.of("nbd-client", "-unix", "/a/b.sock", "/dev/nbd0", "-name", "vol-1"))
            .toString());
  }

  @Test
  void toString_ofWordsAShellWouldChange_givesThemBackWhole() throws Exception {
    List<String> words = List.of("a b", "it's", "$HOME", "", "*", "\"q\"", "a\\b", "!x", "ä");
    Process shell =
        new ProcessBuilder("sh", "-c", "printf '%s\\n' " + new ShellCommand(words)).start();
    String printed = new String(shell.getInputStream().readAllBytes());
    assertEquals(words, List.of(printed.split("\n", -1)).subList(0, words.size()));
  }

  @Test
  void run_failingProgram_namesItsExitCodeAndItself() {
    CliException e =
        assertThrows(
            CliException.class, () -> new ShellCommand(List.of("sh", "-c", "exit 3")).run());
    assertEquals("sh failed with exit code 3: sh -c 'exit 3'", e.getMessage());
  }

  @Test
  void run_missingProgram_saysWhereToGetIt() {
    CliException e =
        assertThrows(
            CliException.class, () -> new ShellCommand(List.of("no-such-program-here")).run());
    assertTrue(e.getMessage().startsWith("no-such-program-here cannot be run: "));
    assertTrue(e.hint().contains("nbd-client"));
  }
}
