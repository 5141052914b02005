package dev.quarry.node;

import java.nio.file.Path;
import java.util.Map;

/// Where the root key of a node comes from, as its owner chose: the key that seals all others.
public sealed interface RootKeyChoice {

  /// A file in the data folder, which the node makes at its first start. Nothing to remember and
  /// nothing to lose; but who has the data folder then has the keys.
  record InDataFolder() implements RootKeyChoice {}

  /// A file elsewhere, with the key as 64 hexadecimal digits, that only its owner can read.
  ///
  /// @param path the file
  record KeyFile(Path path) implements RootKeyChoice {}

  /// An environment variable with the key as 64 hexadecimal digits.
  ///
  /// @param name of the variable
  /// @param environment where to look
  record Variable(String name, Map<String, String> environment) implements RootKeyChoice {
    /// Without the environment's values.
    @Override
    public String toString() {
      return "Variable[" + name + "]";
    }
  }

  /// A passphrase that the key is derived from.
  ///
  /// @param reader asks for it, once, when it is needed
  record Passphrase(PassphraseReader reader) implements RootKeyChoice {}

  /// Gets a passphrase from its owner.
  @FunctionalInterface
  interface PassphraseReader {

    /// The passphrase; the caller wipes it. What this throws ends the start of the node.
    ///
    /// @param fresh whether it is to seal keys from now on, and not to open what is sealed: who
    ///   types it does that twice
    char[] read(boolean fresh);
  }
}
