package dev.quarry.crypto;

import dev.quarry.crypto.KeyServiceException.KeyStoreException;
import dev.quarry.crypto.KeyServiceException.LimitExceededException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;

/// The sealed file with all customer keys, and the key that seals it. [KeyFileHeader] draws it.
///
/// The key is derived once, when the file is created or opened: Argon2id is slow on purpose.
///
/// Guarded by its user's lock.
final class KeyFile implements AutoCloseable {
  private static final byte[] SEAL_LABEL = ascii("quarry key file v1");
  private static final byte[] PASSPHRASE_LABEL = ascii("quarry root key v1");

  /// Bounds what is read into memory before it is authenticated.
  private static final long MAX_BYTES = 64L << 20;

  private static final String REFUSED =
      "key file cannot be opened: wrong passphrase or root key, or the file was changed";

  private final Path path;
  private final SecureRandom random;
  private SecretMemory sealKey;
  private KeyFileHeader template; // its generation and nonce change with each file
  private long generation;

  private KeyFile(
      Path path, SecureRandom random, SecretMemory sealKey, KeyFileHeader header, long generation) {
    this.path = path;
    this.random = random;
    this.sealKey = sealKey;
    this.template = header;
    this.generation = generation;
  }

  /// What a file held.
  record Opened(KeyFile file, KeyStoreState state) {}

  /// Prepares a file that does not exist yet; the first [#replace] writes it.
  static KeyFile create(Path path, RootKeySource source, Argon2Cost cost, SecureRandom random) {
    KeyFileHeader header = freshHeader(source, cost, random);
    return new KeyFile(path, random, sealKey(source, header), header, 0);
  }

  /// A header with a new salt.
  private static KeyFileHeader freshHeader(
      RootKeySource source, Argon2Cost cost, SecureRandom random) {
    byte[] salt = new byte[KeyFileHeader.SALT_BYTES];
    random.nextBytes(salt);
    Optional<Argon2Cost> used =
        switch (source) {
          case RootKeySource.Passphrase _ -> Optional.of(cost);
          case RootKeySource.KeyText _ -> Optional.empty();
        };
    return new KeyFileHeader(used, salt, 0, new byte[AesGcm.NONCE_BYTES]);
  }

  /// Opens a file.
  ///
  /// @throws KeyStoreException with the same message, whatever of passphrase and file is wrong
  static Opened open(Path path, RootKeySource source, SecureRandom random) {
    byte[] file = read(path);
    KeyFileHeader header = KeyFileHeader.decode(file).orElseThrow(KeyFile::refused);
    SecretMemory sealKey = sealKey(source, header);
    byte[] contents = {};
    byte[] key = sealKey.copy(0, AesGcm.KEY_BYTES);
    try {
      byte[] sealed = Arrays.copyOfRange(file, KeyFileHeader.SIZE_BYTES, file.length);
      contents = AesGcm.open(key, header.nonce(), header.encode(), sealed);
      KeyFile opened = new KeyFile(path, random, sealKey, header, header.generation());
      return new Opened(opened, KeyStoreCodec.decode(contents));
    } catch (AEADBadTagException e) {
      sealKey.close();
      throw refused();
    } catch (IllegalArgumentException e) {
      sealKey.close();
      throw new KeyStoreException(
          KeyStoreTrouble.VERSION, "key file was written by another version of Quarry", e);
    } finally {
      Arrays.fill(contents, (byte) 0);
      Arrays.fill(key, (byte) 0);
    }
  }

  /// What kind of root key a file says it is sealed under. Nothing proves it yet.
  static RootKeyKind kind(Path path) {
    KeyFileHeader header = KeyFileHeader.decode(read(path)).orElseThrow(KeyFile::refused);
    return header.cost().isPresent() ? RootKeyKind.PASSPHRASE : RootKeyKind.KEY;
  }

  long generation() {
    return generation;
  }

  /// Writes a state as the next generation and makes it durable. The file is replaced in one step:
  /// a crash leaves the old one or the new one.
  ///
  /// @param atLeast the least generation to write, to get past one that was lost
  void replace(KeyStoreState state, long atLeast) throws IOException {
    long next = Math.max(generation + 1, atLeast);
    byte[] nonce = new byte[AesGcm.NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] header = new KeyFileHeader(template.cost(), template.salt(), next, nonce).encode();
    byte[] contents = KeyStoreCodec.encode(state);
    byte[] key = sealKey.copy(0, AesGcm.KEY_BYTES);
    try {
      byte[] sealed = AesGcm.seal(key, nonce, header, contents);
      if (header.length + sealed.length > MAX_BYTES) {
        throw new LimitExceededException("key file would be too large limit=" + MAX_BYTES);
      }
      writeDurably(header, sealed);
    } finally {
      Arrays.fill(contents, (byte) 0);
      Arrays.fill(key, (byte) 0);
    }
    generation = next;
  }

  /// Seals the file under another root key from now on, and writes a state so. If that fails, which
  /// of the two the file is sealed under is known when it is opened again.
  void reseal(RootKeySource source, Argon2Cost cost, KeyStoreState state) throws IOException {
    KeyFileHeader header = freshHeader(source, cost, random);
    SecretMemory before = sealKey;
    sealKey = sealKey(source, header);
    template = header;
    before.close();
    replace(state, 1);
  }

  @Override
  public void close() {
    sealKey.close();
  }

  /// Write new, force, rename, force the folder.
  private void writeDurably(byte[] header, byte[] sealed) throws IOException {
    Path fresh = path.resolveSibling(path.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(
        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (FileOutputStream out = new FileOutputStream(fresh.toFile())) {
      out.write(header);
      out.write(sealed);
      out.getFD().sync();
    }
    Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    forceFolder(path.toAbsolutePath().getParent());
  }

  /// Makes the names in a folder durable. Java forces a folder through a channel only, which an
  /// interrupt would close: it is held back meanwhile.
  static void forceFolder(Path folder) throws IOException {
    boolean interrupted = Thread.interrupted();
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static byte[] read(Path path) {
    try {
      if (Files.size(path) > MAX_BYTES) {
        throw refused();
      }
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new KeyStoreException(KeyStoreTrouble.DISK, "key file cannot be read file=" + path, e);
    }
  }

  private static SecretMemory sealKey(RootKeySource source, KeyFileHeader header) {
    byte[] root = rootKey(source, header);
    try {
      return SecretMemory.adopt(Hkdf.derive(root, header.salt(), SEAL_LABEL, AesGcm.KEY_BYTES));
    } finally {
      Arrays.fill(root, (byte) 0);
    }
  }

  private static byte[] rootKey(RootKeySource source, KeyFileHeader header) {
    return switch (source) {
      case RootKeySource.Passphrase passphrase -> {
        Argon2Cost cost =
            header
                .cost()
                .orElseThrow(() ->
                    new KeyStoreException(
                        KeyStoreTrouble.OTHER_KIND,
                        "key file is sealed under a root key, not a passphrase"));
        yield Argon2id.derive(
            passphrase.utf8(),
            header.salt(),
            new byte[0],
            PASSPHRASE_LABEL,
            cost,
            RootKeySource.KEY_BYTES);
      }
      case RootKeySource.KeyText text -> {
        if (header.cost().isPresent()) {
          throw new KeyStoreException(
              KeyStoreTrouble.OTHER_KIND, "key file is sealed under a passphrase, not a root key");
        }
        yield RootKeyText.read(text);
      }
    };
  }

  private static KeyStoreException refused() {
    return new KeyStoreException(KeyStoreTrouble.NOT_AUTHENTIC, REFUSED);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
