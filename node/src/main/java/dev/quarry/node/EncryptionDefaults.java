package dev.quarry.node;

import dev.quarry.crypto.Caller;
import dev.quarry.crypto.KeyMetadata;
import dev.quarry.crypto.KeyService;
import dev.quarry.disk.Disk;
import dev.quarry.disk.PosixDisk;
import dev.quarry.volume.ControlException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Keeps a node's settings about encryption, in `settings.json` in its data folder.
///
/// Safe for use by many threads. A change is durable when it returns.
final class EncryptionDefaults {
  private static final String FILE = "settings.json";

  private final Disk folder;
  private final KeyService keys;
  private final Caller caller;
  private volatile EncryptionSettings settings; // changed by one thread at a time, under this

  private EncryptionDefaults(
      Disk folder, KeyService keys, Caller caller, EncryptionSettings settings) {
    this.folder = folder;
    this.keys = keys;
    this.caller = caller;
    this.settings = settings;
  }

  /// Reads the settings of a data folder.
  ///
  /// @param caller in whose name keys are looked at
  /// @throws NodeException if they cannot be read or understood
  static EncryptionDefaults open(Path dataFolder, KeyService keys, Caller caller)
      throws NodeException {
    try {
      Disk folder = PosixDisk.open(dataFolder);
      Optional<byte[]> bytes = folder.read(FILE);
      EncryptionSettings settings =
          bytes.isPresent() ? SettingsCodec.decode(bytes.get()) : EncryptionSettings.usual();
      return new EncryptionDefaults(folder, keys, caller, settings);
    } catch (IOException e) {
      throw new NodeException(
          "the node's settings cannot be read file=%s reason=%s"
              .formatted(dataFolder.resolve(FILE), e.getMessage()),
          "put the file back from a backup, or remove it: encryption by default is then off",
          e);
    }
  }

  EncryptionSettings settings() {
    return settings;
  }

  /// Changes what is named.
  ///
  /// @param byDefault whether all that is new is to be encrypted
  /// @param key the key where none is named: an id, an ARN or an alias; [KeyService#EBS_ALIAS] for
  ///   the node's own
  /// @throws dev.quarry.crypto.KeyServiceException.NotFoundException if there is no such key
  /// @throws ControlException.Conflict if the key cannot be used
  synchronized EncryptionSettings change(Optional<Boolean> byDefault, Optional<String> key) {
    Optional<String> arn =
        key.isEmpty()
            ? settings.defaultKeyArn()
            : key.filter(named -> !named.equals(KeyService.EBS_ALIAS)).map(this::usableKey);
    EncryptionSettings next = new EncryptionSettings(byDefault.orElse(settings.byDefault()), arn);
    try {
      folder.replace(FILE, SettingsCodec.encode(next));
    } catch (IOException e) {
      throw new ControlException.Unavailable(
          "the settings cannot be written, see to the disk: " + e.getMessage(), e);
    }
    settings = next;
    return next;
  }

  /// The ARN of a key that can encrypt now.
  ///
  /// @throws dev.quarry.crypto.KeyServiceException.NotFoundException if there is no such key
  /// @throws ControlException.Conflict if the key cannot be used
  String usableKey(String named) {
    KeyMetadata key = keys.describeKey(caller, named);
    return switch (key.state()) {
      case ENABLED -> key.arn();
      case DISABLED -> throw unusable(key, "enable it first");
      case PENDING_DELETION -> throw unusable(key, "cancel its deletion and enable it first");
    };
  }

  private static ControlException unusable(KeyMetadata key, String remedy) {
    return new ControlException.Conflict(
        "InvalidKMSKey.InvalidState",
        "The key %s is %s; %s.".formatted(key.keyId(), key.state().apiName(), remedy));
  }
}
