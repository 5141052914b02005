package dev.quarry.node;

import dev.quarry.crypto.KeyServiceException;
import dev.quarry.crypto.KeyServiceException.KeyStoreException;
import dev.quarry.crypto.KeyStoreTrouble;
import dev.quarry.crypto.LocalKeyService;
import dev.quarry.crypto.LocalKeySettings;
import dev.quarry.crypto.RootKeyKind;
import dev.quarry.crypto.RootKeySource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens the keys of a node, in `<data>/keys`, and makes them at its first start.
///
/// The root key must be of the kind that the keys were sealed under: a passphrase, or a key given
/// as it is. Where the text of such a key lies may change; another key does not open them.
final class NodeKeys {
  private static final Logger LOG = LoggerFactory.getLogger(NodeKeys.class);

  private final Path folder;
  private final RootKeyChoice choice;
  private final LocalKeySettings settings;
  private final OwnRootKey own;

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
      LocalKeyService service = keys.open();
      keys.tell(service);
      return service;
    } catch (KeyServiceException e) {
      throw new KeyTroubles(folder, settings.rootKey()).of(e);
    } catch (IOException e) {
      throw new KeyTroubles(folder, settings.rootKey()).of(e);
    }
  }

  private LocalKeyService open() throws IOException {
    Optional<RootKeyKind> kind = LocalKeyService.rootKeyKind(folder);
    return switch (choice) {
      case RootKeyChoice.InDataFolder _ -> kind.isEmpty() ? makeOwn() : openOwn(kind.get());
      case RootKeyChoice.KeyFile(Path path) ->
          openOrMake(kind, new RootKeySource.KeyTextFile(path));
      case RootKeyChoice.Variable(String name, var environment) ->
          openOrMake(kind, new RootKeySource.EnvironmentVariable(name, environment));
      case RootKeyChoice.Passphrase(RootKeyChoice.PassphraseReader reader) -> {
        if (kind.equals(Optional.of(RootKeyKind.KEY))) {
          throw otherKind("a root key, not a passphrase"); // before anybody is asked for one
        }
        try (RootKeySource.Passphrase passphrase = read(reader, kind.isEmpty())) {
          yield openOrMake(kind, passphrase);
        }
      }
    };
  }

  private LocalKeyService openOrMake(Optional<RootKeyKind> kind, RootKeySource source) {
    return kind.isEmpty()
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
    if (own.current().isEmpty()) {
      throw new KeyStoreException(
          KeyStoreTrouble.ROOT_KEY,
          "the root key of this data folder is not there file=" + own.path());
    }
    return LocalKeyService.open(
        folder, new RootKeySource.KeyTextFile(own.current().get()), settings);
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
  private void tell(LocalKeyService service) {
    for (String note : service.openingNotes()) {
      LOG.atWarn().setMessage("keys were not as they should be").addKeyValue("found", note).log();
    }
    boolean elsewhere = !(choice instanceof RootKeyChoice.InDataFolder);
    if (elsewhere && own.current().isPresent()) {
      LOG.atWarn()
          .setMessage("a root key lies in the data folder and is not used; delete it if it is old")
          .addKeyValue("file", own.path())
          .log();
    }
  }
}
