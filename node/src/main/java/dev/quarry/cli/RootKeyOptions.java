package dev.quarry.cli;

import dev.quarry.node.RootKeyChoice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The options that say where a node's root key comes from: at most one of them is given.
///
/// @param prefix of their names: `--`, or `--new-` where a root key is to take another's place
record RootKeyOptions(String prefix) {
  /// The root key that opens a node's keys.
  static final RootKeyOptions PRESENT = new RootKeyOptions("--");

  /// Adds them to a command.
  CommandBuilder addTo(CommandBuilder command) {
    return command
        .option(
            file(),
            "PATH",
            "The root key: a file with 64 hexadecimal digits, readable by its owner only.")
        .option(variable(), "NAME", "The root key: an environment variable with 64 such digits.")
        .option(
            passphraseFile(),
            "PATH",
            "The root key: derived from the passphrase in a file, readable by its owner only;"
                + " - for the next line of standard input.")
        .flag(passphrase(), "The root key: derived from a passphrase that is asked for.");
  }

  /// What was chosen; a file in the data folder if nothing was.
  RootKeyChoice of(Invocation given) {
    List<String> named = named(given);
    if (named.size() > 1) {
      throw given.wrongUsage(String.join(" and ", named) + " exclude each other");
    }
    if (given.text(file()).isPresent()) {
      return new RootKeyChoice.KeyFile(Path.of(given.text(file()).get()));
    }
    if (given.text(variable()).isPresent()) {
      return new RootKeyChoice.Variable(given.text(variable()).get(), System.getenv());
    }
    if (given.text(passphraseFile()).isPresent()) {
      return new RootKeyChoice.Passphrase(passphraseOf(given.text(passphraseFile()).get()));
    }
    return given.flag(passphrase())
        ? new RootKeyChoice.Passphrase(TypedPassphrase.atTerminal())
        : new RootKeyChoice.InDataFolder();
  }

  /// Those of the options that were given.
  List<String> named(Invocation given) {
    List<String> named = new ArrayList<>();
    for (String option : List.of(file(), variable(), passphraseFile(), passphrase())) {
      if (given.flag(option)) {
        named.add(option);
      }
    }
    return named;
  }

  private static RootKeyChoice.PassphraseReader passphraseOf(String path) {
    return path.equals("-")
        ? _ -> PassphraseText.ofLine(System.in)
        : _ -> PassphraseText.ofFile(Path.of(path));
  }

  private String file() {
    return prefix + "root-key-file";
  }

  private String variable() {
    return prefix + "root-key-env";
  }

  private String passphraseFile() {
    return prefix + "passphrase-file";
  }

  private String passphrase() {
    return prefix + "passphrase";
  }
}
