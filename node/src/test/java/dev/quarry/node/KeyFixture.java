package dev.quarry.node;

import dev.quarry.crypto.Argon2Cost;
import dev.quarry.crypto.Evidence;
import dev.quarry.crypto.KeyRealm;
import dev.quarry.crypto.LocalKeyService;
import dev.quarry.crypto.LocalKeySettings;
import java.nio.file.Path;
import java.security.SecureRandom;

/// The keys of a data folder for tests: a clock of their own, and passphrases that cost nothing.
///
/// @param data the data folder
/// @param clock of the keys
record KeyFixture(Path data, ManualClock clock) {

  LocalKeySettings local() {
    return new LocalKeySettings(
        KeyRealm.standard(), new Argon2Cost(8, 1, 1), clock, new SecureRandom(), Evidence.REQUIRED);
  }

  LocalKeyService open() throws NodeException {
    return open(new RootKeyChoice.InDataFolder());
  }

  LocalKeyService open(RootKeyChoice choice) throws NodeException {
    return open(new KeySettings(choice, Evidence.REQUIRED));
  }

  LocalKeyService open(KeySettings settings) throws NodeException {
    return NodeKeys.open(data, settings, local());
  }

  void changeRoot(RootKeyChoice from, RootKeyChoice to) throws NodeException {
    NodeKeys.changeRoot(data, new KeySettings(from, Evidence.REQUIRED), to, local());
  }

  /// The folder of keys.
  Path folder() {
    return data.resolve("keys");
  }

  static RootKeyChoice.Passphrase passphrase(String text) {
    return new RootKeyChoice.Passphrase(_ -> text.toCharArray());
  }
}
