package dev.quarry.crypto;

import dev.quarry.crypto.KeyServiceException.KeyStoreException;
import dev.quarry.crypto.RootKeySource.EnvironmentVariable;
import dev.quarry.crypto.RootKeySource.KeyText;
import dev.quarry.crypto.RootKeySource.KeyTextFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;

/// Reads root keys that are given as text.
final class RootKeyText {
  private static final int KEY_BYTES = RootKeySource.KEY_BYTES;

  private RootKeyText() {}

  /// The key that a source holds; the caller wipes it.
  static byte[] read(KeyText source) {
    return switch (source) {
      case KeyTextFile file -> read(file);
      case EnvironmentVariable variable -> read(variable);
    };
  }

  private static byte[] read(KeyTextFile file) {
    try {
      Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file.path());
      Set<PosixFilePermission> allowed = PosixFilePermissions.fromString("rw-------");
      if (!allowed.containsAll(mode)) {
        throw new KeyStoreException(
            KeyStoreTrouble.ROOT_KEY,
            "root key file is open to others, make it readable by its owner only (chmod 600)"
                + " file=%s mode=%s".formatted(file.path(), PosixFilePermissions.toString(mode)));
      }
      byte[] text = Files.readAllBytes(file.path());
      try {
        return parse(text, "root key file " + file.path());
      } finally {
        Arrays.fill(text, (byte) 0);
      }
    } catch (IOException e) {
      throw new KeyStoreException(
          KeyStoreTrouble.ROOT_KEY, "root key file cannot be read file=" + file.path(), e);
    }
  }

  private static byte[] read(EnvironmentVariable variable) {
    String text = variable.environment().getOrDefault(variable.name(), "");
    if (text.isEmpty()) {
      throw new KeyStoreException(
          KeyStoreTrouble.ROOT_KEY,
          "environment variable with the root key is not set variable=" + variable.name());
    }
    return parse(text.getBytes(StandardCharsets.UTF_8), "environment variable " + variable.name());
  }

  private static byte[] parse(byte[] text, String where) {
    int end = text.length;
    while (end > 0 && (text[end - 1] == '\n' || text[end - 1] == '\r')) {
      end--;
    }
    byte[] key = new byte[KEY_BYTES];
    boolean valid = end == 2 * KEY_BYTES;
    for (int i = 0; valid && i < KEY_BYTES; i++) {
      valid = HexFormat.isHexDigit(text[2 * i]) && HexFormat.isHexDigit(text[2 * i + 1]);
      if (valid) {
        key[i] =
            (byte)
                (HexFormat.fromHexDigit(text[2 * i]) << 4
                    | HexFormat.fromHexDigit(text[2 * i + 1]));
      }
    }
    if (!valid) {
      Arrays.fill(key, (byte) 0);
      throw new KeyStoreException(
          KeyStoreTrouble.ROOT_KEY, where + " does not hold a root key of 64 hexadecimal digits");
    }
    return key;
  }
}
