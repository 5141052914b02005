package dev.quarry.crypto;

import dev.quarry.crypto.KeyServiceException.ValidationException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;

/// Where the root key comes from, which seals the key file.
public sealed interface RootKeySource permits RootKeySource.Passphrase, RootKeySource.KeyText {
  /// The size of a root key in bytes.
  int KEY_BYTES = 32;

  /// A new root key as the text that a file or an environment variable holds: 64 hexadecimal
  /// digits.
  static String newKeyText(SecureRandom random) {
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    return HexFormat.of().formatHex(key);
  }

  /// A passphrase, from which Argon2id derives the key. The caller wipes its own array and closes
  /// this when the key store is open.
  static Passphrase passphrase(char[] passphrase) {
    return new Passphrase(passphrase);
  }

  /// See [#passphrase].
  final class Passphrase implements RootKeySource, AutoCloseable {
    private final byte[] utf8;

    private Passphrase(char[] passphrase) {
      if (passphrase.length == 0) {
        throw new ValidationException("empty passphrase");
      }
      ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(passphrase));
      this.utf8 = Arrays.copyOf(encoded.array(), encoded.limit());
      Arrays.fill(encoded.array(), (byte) 0);
    }

    byte[] utf8() {
      return utf8;
    }

    @Override
    public void close() {
      Arrays.fill(utf8, (byte) 0);
    }

    @Override
    public String toString() {
      return "Passphrase[redacted]";
    }
  }

  /// A source that holds the key itself, as text.
  sealed interface KeyText extends RootKeySource permits KeyTextFile, EnvironmentVariable {}

  /// A file with the key as 64 hexadecimal digits, which only its owner may read (mode 0600 or
  /// 0400).
  ///
  /// @param path the file
  record KeyTextFile(Path path) implements KeyText {}

  /// An environment variable with the key as 64 hexadecimal digits.
  ///
  /// @param name of the variable
  /// @param environment where to look, usually `System.getenv()`
  record EnvironmentVariable(String name, Map<String, String> environment) implements KeyText {
    /// Without the environment's values.
    @Override
    public String toString() {
      return "EnvironmentVariable[" + name + "]";
    }
  }
}
