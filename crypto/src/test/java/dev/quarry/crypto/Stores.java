package dev.quarry.crypto;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;

/// Makes key stores for tests, under a root key from an environment variable.
final class Stores {
  static final String ROOT_KEY = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
  static final RootKeySource SOURCE =
      new RootKeySource.EnvironmentVariable("QUARRY_KEY", Map.of("QUARRY_KEY", ROOT_KEY));

  /// The cheapest there is: tests are not to spend their time in Argon2.
  static final Argon2Cost CHEAP = new Argon2Cost(8, 1, 1);

  final ManualClock clock = new ManualClock();
  final LocalKeySettings settings =
      new LocalKeySettings(
          KeyRealm.standard(), CHEAP, clock, new SecureRandom(), Evidence.REQUIRED);

  LocalKeyService create(Path folder) {
    return LocalKeyService.create(folder, SOURCE, settings);
  }

  LocalKeyService open(Path folder) {
    return LocalKeyService.open(folder, SOURCE, settings);
  }
}
