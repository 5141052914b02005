package dev.quarry.volume;

import dev.quarry.crypto.Caller;
import dev.quarry.crypto.LocalKeyService;
import dev.quarry.crypto.LocalKeySettings;
import dev.quarry.crypto.RootKeySource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/// A real key service with one customer key.
record TestKeys(LocalKeyService service, String keyId) {

  /// Makes the service in a folder of its own below `folder`.
  static TestKeys create(Path folder) throws IOException {
    Path root = folder.resolve("root.key");
    Files.createFile(
        root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(root, RootKeySource.newKeyText(new SecureRandom()));
    LocalKeyService service =
        LocalKeyService.create(
            folder.resolve("keys"),
            new RootKeySource.KeyTextFile(root),
            LocalKeySettings.standard());
    return new TestKeys(service, service.createKey(Caller.owner(), "test").keyId());
  }

  CatalogueSettings settings() {
    return CatalogueSettings.standard().with(service);
  }
}
