package dev.quarry.node;

import dev.quarry.crypto.RootKeySource;
import dev.quarry.disk.PosixDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;

/// The root key that a node keeps in its own folder of keys, as `root.key`: 64 hexadecimal digits
/// and a line feed, readable by the folder's owner only.
///
/// @param folder the folder of keys
record OwnRootKey(Path folder) {
  private static final String FILE = "root.key";

  /// Where the key is, or would be.
  Path path() {
    return folder.resolve(FILE);
  }

  /// The file, if it is there.
  Optional<Path> current() {
    return Optional.of(path()).filter(Files::exists);
  }

  /// Makes the key, unless an earlier start got as far as that.
  Path make(SecureRandom random) throws IOException {
    if (current().isEmpty()) {
      write(FILE, random);
    }
    return path();
  }

  private void write(String name, SecureRandom random) throws IOException {
    byte[] text = (RootKeySource.newKeyText(random) + "\n").getBytes(StandardCharsets.US_ASCII);
    PosixDisk.open(folder).replace(name, text);
  }
}
