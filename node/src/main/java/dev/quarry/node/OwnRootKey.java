package dev.quarry.node;

import dev.quarry.crypto.RootKeySource;
import dev.quarry.disk.Disk;
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
/// A change of it lies beside it, as `root.key.next`, from before the key file is sealed under it
/// until it takes the first one's place: so the key that is in force is in one of the two files,
/// wherever a crash comes.
///
/// @param folder the folder of keys
record OwnRootKey(Path folder) {
  private static final String FILE = "root.key";
  private static final String NEXT = "root.key.next";

  /// Where the key is, or would be.
  Path path() {
    return folder.resolve(FILE);
  }

  /// The file, if it is there.
  Optional<Path> current() {
    return Optional.of(path()).filter(Files::exists);
  }

  /// Whether a choice names this file.
  boolean isAt(RootKeyChoice choice) throws IOException {
    return choice instanceof RootKeyChoice.KeyFile(Path file)
        && Files.exists(file)
        && current().isPresent()
        && Files.isSameFile(file, path());
  }

  /// Makes the key, unless an earlier start got as far as that.
  Path make(SecureRandom random) throws IOException {
    if (current().isEmpty()) {
      write(FILE, random);
    }
    return path();
  }

  /// The key of a change that is under way or was cut short, if there is one.
  Optional<Path> next() {
    return Optional.of(folder.resolve(NEXT)).filter(Files::exists);
  }

  /// Makes the key of a change.
  Path makeNext(SecureRandom random) throws IOException {
    write(NEXT, random);
    return folder.resolve(NEXT);
  }

  /// Puts the key of a change, which is in force now, in place of the old one.
  void adoptNext() throws IOException {
    Disk disk = PosixDisk.open(folder);
    disk.replace(FILE, disk.read(NEXT).orElseThrow());
    disk.delete(NEXT);
  }

  /// Forgets the key of a change that did not come about.
  void dropNext() throws IOException {
    PosixDisk.open(folder).delete(NEXT);
  }

  /// Deletes the key, when another one is in force.
  void delete() throws IOException {
    Disk disk = PosixDisk.open(folder);
    disk.delete(NEXT);
    disk.delete(FILE);
  }

  private void write(String name, SecureRandom random) throws IOException {
    byte[] text = (RootKeySource.newKeyText(random) + "\n").getBytes(StandardCharsets.US_ASCII);
    PosixDisk.open(folder).replace(name, text);
  }
}
