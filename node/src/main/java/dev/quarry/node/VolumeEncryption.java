package dev.quarry.node;

import dev.quarry.crypto.EncryptionRules;
import dev.quarry.crypto.EncryptionRules.DataKeyUse;
import dev.quarry.crypto.EncryptionRules.Defaults;
import dev.quarry.crypto.EncryptionRules.Encrypted;
import dev.quarry.crypto.EncryptionRules.OwnEncrypted;
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

  /// How a new volume is to be encrypted.
  ///
  /// @param keyArn under which customer key
  /// @param keepsDataKey whether with the data key of the snapshot that it is made from
  record Choice(String keyArn, boolean keepsDataKey) {}

  /// The ARN of the key under which a new, empty volume is to be encrypted; nothing if it is not to
  /// be encrypted. As [#choose].
  Optional<String> keyFor(Optional<Boolean> encrypted, Optional<String> key) {
    return choose(Optional.empty(), encrypted, key).map(Choice::keyArn);
  }

  /// How a new volume is to be encrypted; nothing if it is not to be.
  ///
  /// @param snapshotKey the ARN of the key of the snapshot that it is to be made from; nothing if
  ///   that is not encrypted, or there is none
  /// @param encrypted the request's flag, if it has one
  /// @param key the key that the request names, by id, ARN or alias, if it names one
  /// @throws ControlException.Invalid if the request contradicts itself
  /// @throws dev.quarry.crypto.KeyServiceException.NotFoundException if there is no such key
  /// @throws ControlException.Conflict if the key is disabled or waits for its deletion
  Optional<Choice> choose(
      Optional<String> snapshotKey, Optional<Boolean> encrypted, Optional<String> key) {
    EncryptionSettings settings = defaults.settings();
    EncryptionRules.Source source =
        snapshotKey.<EncryptionRules.Source>map(OwnEncrypted::new).orElseGet(Plain::new);
    // The rules compare keys with that of a source only; without one a name does for an ARN.
    Optional<String> wished = snapshotKey.isPresent() ? key.map(defaults::usableKey) : key;
    EncryptionRules.Outcome outcome =
        EncryptionRules.createVolume(
            source,
            new Wish(encrypted, wished),
            new Defaults(settings.byDefault(), settings.defaultKey()));
    return choice(outcome);
  }

  /// How a snapshot of contents from elsewhere is to be encrypted; nothing if it is not to be.
  Optional<Choice> chooseForImport(Optional<Boolean> encrypted, Optional<String> key) {
    EncryptionSettings settings = defaults.settings();
    return choice(
        EncryptionRules.startSnapshot(
            new Wish(encrypted, key), new Defaults(settings.byDefault(), settings.defaultKey())));
  }

  private Optional<Choice> choice(EncryptionRules.Outcome outcome) {
    return switch (outcome) {
      case Unencrypted _ -> Optional.empty();
      case Encrypted(String named, DataKeyUse dataKey) ->
          Optional.of(new Choice(defaults.usableKey(named), dataKey == DataKeyUse.SAME_AS_SOURCE));
      case Refused(String code, String message) ->
          throw new ControlException.Invalid(code, message);
    };
  }
}
