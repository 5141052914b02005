package dev.quarry.cli;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/// Another program with its arguments: to be shown or run.
///
/// @param words the program and its arguments
record ShellCommand(List<String> words) {

  ShellCommand {
    words = List.copyOf(words);
  }

  /// Runs it on our own standard input and outputs.
  ///
  /// @throws CliException if it cannot be run or fails
  void run() {
    try {
      int code = new ProcessBuilder(words).inheritIO().start().waitFor();
      if (code != 0) {
        throw new CliException(
            words.getFirst() + " failed with exit code " + code + ": " + this,
            "attaching and detaching devices needs root, and the kernel's driver: modprobe nbd");
      }
    } catch (IOException e) {
      throw new CliException(
          words.getFirst() + " cannot be run: " + e.getMessage(),
          "install it (package nbd-client), or run the command elsewhere: " + this);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException("interrupted while running " + this, "");
    }
  }

  /// As a line for a POSIX shell.
  @Override
  public String toString() {
    return words.stream().map(ShellCommand::quoted).collect(Collectors.joining(" "));
  }

  private static String quoted(String word) {
    return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
