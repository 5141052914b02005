package dev.quarry.node;

import dev.quarry.crypto.KeyServiceException;
import dev.quarry.crypto.KeyServiceException.KeyStoreException;
import dev.quarry.crypto.KeyStoreTrouble;
import dev.quarry.crypto.LocalKeyService;
import dev.quarry.crypto.LocalKeySettings;
import dev.quarry.crypto.RootKeyKind;
import dev.quarry.crypto.RootKeySource;
import dev.quarry.volume.VolumeCatalogue;
import dev.quarry.volume.VolumeId;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens the keys of a node, in `<data>/keys`, and makes them at its first start.
///
/// The root key must be of the kind that the keys were sealed under: a passphrase, or a key given
/// as it is. Where the text of such a key lies may change; another key does not open them.
public final class NodeKeys {
  private static final Logger LOG = LoggerFactory.getLogger(NodeKeys.class);

  private final Path folder;
  private final RootKeyChoice choice;
  private final LocalKeySettings settings;
  private final OwnRootKey own;
  private boolean fresh; // whether there are no keys yet

  private NodeKeys(Path folder, RootKeyChoice choice, LocalKeySettings settings) {
    this.folder = folder;
    this.choice = choice;
    this.settings = settings;
    this.own = new OwnRootKey(folder);
  }

  /// Where the keys of a data folder are.
  static Path folder(Path dataFolder) {
    return dataFolder.resolve("keys");
  }

  /// Opens the keys of a data folder, or makes them.
  ///
  /// @param local clock, randomness and the cost of passphrases
  /// @throws NodeException if they cannot be opened, and what to do
  static LocalKeyService open(Path dataFolder, KeySettings settings, LocalKeySettings local)
      throws NodeException {
    Path folder = folder(dataFolder);
    NodeKeys keys = new NodeKeys(folder, settings.rootKey(), local.with(settings.evidence()));
    try {
      if (LocalKeyService.rootKeyKind(folder).isEmpty()) {
        checkNothingNeedsKeys(dataFolder);
      }
      LocalKeyService service = keys.open();
      return after(service, () -> keys.tell(service));
    } catch (KeyServiceException e) {
      throw keys.troubles().of(e);
    } catch (IOException e) {
      throw keys.troubles().of(e);
    }
  }

  /// New keys would open nothing that is there, and hide that the old ones are lost.
  private static void checkNothingNeedsKeys(Path dataFolder) throws IOException, NodeException {
    List<VolumeId> encrypted = VolumeCatalogue.encryptedIn(dataFolder);
    if (!encrypted.isEmpty()) {
      throw new NodeException(
          "the keys of encrypted volumes are not there folder=%s volumes=%s"
              .formatted(folder(dataFolder), encrypted),
          "put the folder back from a backup; to go on without these volumes, move their folders"
              + " out of the folder volumes",
          null);
    }
  }

  private KeyTroubles troubles() {
    return new KeyTroubles(folder, choice, fresh);
  }

  private LocalKeyService open() throws IOException {
    Optional<RootKeyKind> kind = LocalKeyService.rootKeyKind(folder);
    fresh = kind.isEmpty();
    return switch (choice) {
      case RootKeyChoice.InDataFolder _ -> fresh ? makeOwn() : openOwn(kind.get());
      case RootKeyChoice.KeyFile(Path path) -> openOrMake(new RootKeySource.KeyTextFile(path));
      case RootKeyChoice.Variable(String name, var environment) ->
          openOrMake(new RootKeySource.EnvironmentVariable(name, environment));
      case RootKeyChoice.Passphrase(RootKeyChoice.PassphraseReader reader) -> {
        if (kind.equals(Optional.of(RootKeyKind.KEY))) {
          throw otherKind("a root key, not a passphrase"); // before anybody is asked for one
        }
        try (RootKeySource.Passphrase passphrase = read(reader, fresh)) {
          yield openOrMake(passphrase);
        }
      }
    };
  }

  private LocalKeyService openOrMake(RootKeySource source) {
    return fresh
        ? LocalKeyService.create(folder, source, settings)
        : LocalKeyService.open(folder, source, settings);
  }

  private LocalKeyService makeOwn() throws IOException {
    Path file = own.make(settings.random());
    return LocalKeyService.create(folder, new RootKeySource.KeyTextFile(file), settings);
  }

  private LocalKeyService openOwn(RootKeyKind kind) throws IOException {
    if (kind == RootKeyKind.PASSPHRASE) {
      throw otherKind("a passphrase, and none was given");
    }
    if (own.next().isPresent()) {
      return openInterrupted();
    }
    if (own.current().isEmpty()) {
      throw new KeyStoreException(
          KeyStoreTrouble.ROOT_KEY,
          "the root key of this data folder is not there file=" + own.path());
    }
    return openOwn(own.path());
  }

  private LocalKeyService openOwn(Path file) {
    return LocalKeyService.open(folder, new RootKeySource.KeyTextFile(file), settings);
  }

  /// Ends a change of the root key that was cut short, whichever key is in force.
  private LocalKeyService openInterrupted() throws IOException {
    Optional<LocalKeyService> unchanged = own.current().flatMap(this::openIfInForce);
    return unchanged.isPresent()
        ? after(unchanged.get(), own::dropNext)
        : after(openOwn(own.next().orElseThrow()), own::adoptNext);
  }

  /// What is still to do when a service is open.
  private interface Finish {
    void run() throws IOException;
  }

  /// Gives a service out after `finish`; if that fails, the service is closed.
  private static LocalKeyService after(LocalKeyService service, Finish finish) throws IOException {
    try {
      finish.run();
      return service;
    } catch (IOException e) {
      service.close();
      throw e;
    }
  }

  private Optional<LocalKeyService> openIfInForce(Path file) {
    try {
      return Optional.of(openOwn(file));
    } catch (KeyStoreException e) {
      if (e.trouble() == KeyStoreTrouble.NOT_AUTHENTIC) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /// Seals the keys of a data folder, whose node does not run, under another root key.
  ///
  /// @param settings what opens them now
  /// @param next what opens them afterwards
  /// @throws NodeException if they cannot be opened, or the new root key cannot be read, and what
  ///   to do; nothing is changed then
  public static void changeRoot(Path dataFolder, KeySettings settings, RootKeyChoice next)
      throws NodeException {
    changeRoot(dataFolder, settings, next, LocalKeySettings.standard());
  }

  static void changeRoot(
      Path dataFolder, KeySettings settings, RootKeyChoice next, LocalKeySettings local)
      throws NodeException {
    Path folder = folder(dataFolder);
    OwnRootKey own = new OwnRootKey(folder);
    try {
      if (LocalKeyService.rootKeyKind(folder).isEmpty()) {
        throw new KeyStoreException(KeyStoreTrouble.ABSENT, "there are no keys yet");
      }
      if (own.isAt(next)) {
        throw new NodeException(
            "the new root key is the data folder's own file=" + own.path(),
            "name a file elsewhere, or --new-in-data-folder for a new one there",
            null);
      }
      try (LocalKeyService service = open(dataFolder, settings, local)) {
        seal(service, next, own, local.random());
      }
    } catch (KeyServiceException e) {
      throw new KeyTroubles(folder, next, true).of(e);
    } catch (IOException e) {
      throw new KeyTroubles(folder, next, true).of(e);
    }
  }

  private static void seal(
      LocalKeyService service, RootKeyChoice next, OwnRootKey own, SecureRandom random)
      throws IOException {
    switch (next) {
      case RootKeyChoice.InDataFolder _ -> {
        service.changeRootKey(new RootKeySource.KeyTextFile(own.makeNext(random)));
        own.adoptNext();
        return;
      }
      case RootKeyChoice.KeyFile(Path path) ->
          service.changeRootKey(new RootKeySource.KeyTextFile(path));
      case RootKeyChoice.Variable(String name, var environment) ->
          service.changeRootKey(new RootKeySource.EnvironmentVariable(name, environment));
      case RootKeyChoice.Passphrase(RootKeyChoice.PassphraseReader reader) -> {
        try (RootKeySource.Passphrase passphrase = read(reader, true)) {
          service.changeRootKey(passphrase);
        }
      }
    }
    own.delete();
  }

  private static KeyStoreException otherKind(String kind) {
    return new KeyStoreException(
        KeyStoreTrouble.OTHER_KIND, "the keys of this data folder are sealed under " + kind);
  }

  private static RootKeySource.Passphrase read(
      RootKeyChoice.PassphraseReader reader, boolean fresh) {
    char[] typed = reader.read(fresh);
    try {
      return RootKeySource.passphrase(typed);
    } finally {
      Arrays.fill(typed, '\0');
    }
  }

  /// Logs what the owner should know of.
  private void tell(LocalKeyService service) throws IOException {
    if (fresh) {
      LOG.atInfo()
          .setMessage("there were no keys, made new ones")
          .addKeyValue("keys", folder)
          .log();
    }
    for (String note : service.openingNotes()) {
      LOG.atWarn().setMessage("keys were not as they should be").addKeyValue("found", note).log();
    }
    boolean elsewhere = !(choice instanceof RootKeyChoice.InDataFolder);
    if (elsewhere && own.current().isPresent() && !own.isAt(choice)) {
      LOG.atWarn()
          .setMessage("a root key lies in the data folder and was not used; remove it from there")
          .addKeyValue("file", own.path())
          .log();
    }
  }
}
