package dev.quarry.node;

import dev.quarry.crypto.EncryptionRules;
import dev.quarry.crypto.EncryptionRules.Defaults;
import dev.quarry.crypto.EncryptionRules.Encrypted;
import dev.quarry.crypto.EncryptionRules.Plain;
import dev.quarry.crypto.EncryptionRules.Refused;
import dev.quarry.crypto.EncryptionRules.Unencrypted;
import dev.quarry.crypto.EncryptionRules.Wish;
import dev.quarry.volume.ControlException;
import java.util.Optional;

/// Decides whether a new volume is encrypted and under which key, by the rules of EBS and the
/// node's settings. Unlike EBS, which takes a request with a bad key and lets the volume vanish,
/// the key is looked at before.
///
/// @param defaults the settings, and how to look at keys
record VolumeEncryption(EncryptionDefaults defaults) {

  /// The ARN of the key under which a new, empty volume is to be encrypted; nothing if it is not to
  /// be encrypted.
  ///
  /// @param encrypted the request's flag, if it has one
  /// @param key the key that the request names, by id, ARN or alias, if it names one
  /// @throws ControlException.Invalid if the request contradicts itself
  /// @throws dev.quarry.crypto.KeyServiceException.NotFoundException if there is no such key
  /// @throws ControlException.Conflict if the key is disabled or waits for its deletion
  Optional<String> keyFor(Optional<Boolean> encrypted, Optional<String> key) {
    EncryptionSettings settings = defaults.settings();
    // The rules compare keys with that of a source only; here is none, so a name does for an ARN.
    EncryptionRules.Outcome outcome =
        EncryptionRules.createVolume(
            new Plain(),
            new Wish(encrypted, key),
            new Defaults(settings.byDefault(), settings.defaultKey()));
    return switch (outcome) {
      case Unencrypted _ -> Optional.empty();
      case Encrypted(String named, _) -> Optional.of(defaults.usableKey(named));
      case Refused(String code, String message) ->
          throw new ControlException.Invalid(code, message);
    };
  }
}
