package dev.quarry.cli;

import dev.quarry.node.RootKeyChoice;
import java.io.Console;
import java.util.Arrays;
import java.util.Optional;

/// Asks at the terminal for a passphrase, without showing what is typed; twice for a new one.
///
/// @param terminal where to ask
record TypedPassphrase(Terminal terminal) implements RootKeyChoice.PassphraseReader {

  /// Where somebody can be asked.
  @FunctionalInterface
  interface Terminal {
    /// What was typed; nothing where there is nobody.
    Optional<char[]> ask(String question);
  }

  /// Asks at the terminal of this process.
  ///
  /// @throws CliException if it has none
  static TypedPassphrase atTerminal() {
    Console console = System.console();
    if (console == null || !console.isTerminal()) {
      throw new CliException(
          "there is no terminal to ask for the passphrase",
          "name a file with it, or - for standard input, with --passphrase-file");
    }
    return new TypedPassphrase(
        question -> Optional.ofNullable(console.readPassword("%s", question)));
  }

  @Override
  public char[] read(boolean fresh) {
    char[] typed = ask(fresh ? "New passphrase: " : "Passphrase: ");
    if (fresh) {
      char[] again = ask("The same again: ");
      boolean same = Arrays.equals(typed, again);
      Arrays.fill(again, '\0');
      if (!same) {
        Arrays.fill(typed, '\0');
        throw new CliException("the two passphrases are not the same", "try again");
      }
    }
    return typed;
  }

  private char[] ask(String question) {
    return terminal
        .ask(question)
        .filter(typed -> typed.length > 0)
        .orElseThrow(() -> new CliException("no passphrase was typed", "try again"));
  }
}
