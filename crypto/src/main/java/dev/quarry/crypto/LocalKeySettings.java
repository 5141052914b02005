package dev.quarry.crypto;

import java.security.SecureRandom;
import java.time.InstantSource;

/// What a local key service runs with.
///
/// @param realm the realm of its ARNs
/// @param cost of trying a passphrase, for new key files; an existing one knows its own
/// @param clock wall-clock time
/// @param random draws keys
/// @param evidence what to do when audit log and key file do not fit together
public record LocalKeySettings(
    KeyRealm realm, Argon2Cost cost, InstantSource clock, SecureRandom random, Evidence evidence) {

  /// The settings of a node.
  public static LocalKeySettings standard() {
    return new LocalKeySettings(
        KeyRealm.standard(),
        Argon2Cost.standard(),
        InstantSource.system(),
        new SecureRandom(),
        Evidence.REQUIRED);
  }

  /// These settings with another way to treat evidence.
  public LocalKeySettings with(Evidence other) {
    return new LocalKeySettings(realm, cost, clock, random, other);
  }
}
