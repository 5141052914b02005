package dev.quarry.crypto;

import dev.quarry.crypto.KeyServiceException.KeyStoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The folder of a local key service: the key file, the audit log, and a lock that keeps a second
/// process out. Creates and opens it, and compares what the two files know of each other:
///
/// - the key file names the audit log's last entry at its last change: a log that lacks it was
///   shortened or exchanged;
/// - audit entries carry the generation of the key file: a file of an older generation was rolled
///   back. Since the file is replaced before the call is entered, an honest crash never does that.
///
/// If both were put back together, nothing here can know.
///
/// @param lock held as long as the store is open
/// @param keyFile the key file
/// @param audit the audit log
/// @param ring what the key file held when it was opened
/// @param notes what was found amiss at opening, to be entered into the log
record KeyStoreFiles(
    FileChannel lock, KeyFile keyFile, AuditLog audit, KeyRing ring, List<String> notes)
    implements AutoCloseable {
  private static final int AUDIT_KEY_BYTES = 32;

  static KeyStoreFiles create(Path folder, RootKeySource source, LocalKeySettings settings) {
    try {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      FileChannel lock = lock(folder);
      try {
        if (Files.exists(keyFilePath(folder))) {
          throw new KeyStoreException(
              KeyStoreTrouble.PRESENT, "there is a key store already folder=" + folder);
        }
        if (Files.exists(auditPath(folder))) {
          // An earlier attempt that was interrupted, or what is left of a lost store.
          setAside(auditPath(folder), settings.clock().millis());
        }
        KeyFile keyFile =
            KeyFile.create(keyFilePath(folder), source, settings.cost(), settings.random());
        byte[] raw = new byte[AUDIT_KEY_BYTES];
        settings.random().nextBytes(raw);
        SecretMemory auditKey = SecretMemory.adopt(raw);
        AuditLog audit = AuditLog.create(auditPath(folder), auditKey);
        keyFile.replace(new KeyStoreState(KeyRing.empty(), auditKey, audit.head()), 1);
        return new KeyStoreFiles(lock, keyFile, audit, KeyRing.empty(), List.of());
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new KeyStoreException(
          KeyStoreTrouble.DISK, "key store cannot be created folder=" + folder, e);
    }
  }

  /// What kind of root key the store in a folder is sealed under; empty if there is no store.
  static Optional<RootKeyKind> kind(Path folder) {
    Path file = keyFilePath(folder);
    return Files.exists(file) ? Optional.of(KeyFile.kind(file)) : Optional.empty();
  }

  static KeyStoreFiles open(Path folder, RootKeySource source, LocalKeySettings settings) {
    try {
      if (!Files.exists(keyFilePath(folder))) {
        throw new KeyStoreException(
            KeyStoreTrouble.ABSENT, "there is no key store folder=" + folder);
      }
      FileChannel lock = lock(folder);
      try {
        return openLocked(folder, lock, source, settings);
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new KeyStoreException(
          KeyStoreTrouble.DISK, "key store cannot be opened folder=" + folder, e);
    }
  }

  private static KeyStoreFiles openLocked(
      Path folder, FileChannel lock, RootKeySource source, LocalKeySettings settings)
      throws IOException {
    KeyFile.Opened opened = KeyFile.open(keyFilePath(folder), source, settings.random());
    KeyFile keyFile = opened.file();
    KeyStoreState state = opened.state();
    Optional<AuditScan> scan = scan(auditPath(folder), state);
    Optional<String> logLost =
        scan.isEmpty() ? Optional.of("audit log is missing") : lost(scan.get(), state);
    Optional<String> rolledBack = scan.flatMap(s -> rolledBack(keyFile, s));
    List<String> notes = new ArrayList<>();
    logLost.ifPresent(notes::add);
    rolledBack.ifPresent(notes::add);
    if (!notes.isEmpty() && settings.evidence() == Evidence.REQUIRED) {
      keyFile.close();
      throw new KeyStoreException(
          KeyStoreTrouble.EVIDENCE,
          String.join("; ", notes)
              + "; put the newest key file and audit log back, or accept the loss of evidence");
    }
    AuditLog audit;
    if (logLost.isPresent()) {
      setAside(auditPath(folder), settings.clock().millis());
      audit = AuditLog.create(auditPath(folder), state.auditKey());
    } else {
      audit = AuditLog.resume(auditPath(folder), state.auditKey(), scan.get());
      interrupted(keyFile, scan.get(), notes);
    }
    if (logLost.isPresent() || rolledBack.isPresent()) {
      long newest = scan.map(AuditScan::newestGeneration).orElse(0L);
      KeyStoreState anchored = new KeyStoreState(state.ring(), state.auditKey(), audit.head());
      keyFile.replace(anchored, newest + 1);
    }
    return new KeyStoreFiles(lock, keyFile, audit, state.ring(), List.copyOf(notes));
  }

  private static Optional<AuditScan> scan(Path path, KeyStoreState state) throws IOException {
    return Files.exists(path)
        ? Optional.of(AuditLog.scan(path, state.auditKey(), state.auditHead(), entry -> {}))
        : Optional.empty();
  }

  private static Optional<String> lost(AuditScan scan, KeyStoreState state) {
    if (scan.tail() instanceof AuditScan.Bad(String what)) {
      return Optional.of("audit log was changed: " + what);
    }
    return scan.anchored()
        ? Optional.empty()
        : Optional.of(
            "audit log was shortened or exchanged: it lacks entry " + state.auditHead().sequence());
  }

  private static Optional<String> rolledBack(KeyFile keyFile, AuditScan scan) {
    return scan.newestGeneration() > keyFile.generation()
        ? Optional.of(
            "key file is older than the audit log generation=%d newest=%d"
                .formatted(keyFile.generation(), scan.newestGeneration()))
        : Optional.empty();
  }

  /// Notes what a crash left unfinished; nobody was answered then.
  private static void interrupted(KeyFile keyFile, AuditScan scan, List<String> notes) {
    if (scan.tail() instanceof AuditScan.Torn(long bytes)) {
      notes.add("audit log ended in an interrupted entry dropped=" + bytes);
    }
    if (scan.newestGeneration() < keyFile.generation() && keyFile.generation() > 1) {
      notes.add("key file was changed without an entry generation=" + keyFile.generation());
    }
  }

  /// Keeps a log that cannot be continued under another name.
  private static void setAside(Path path, long nowMillis) throws IOException {
    if (Files.exists(path)) {
      Files.move(path, path.resolveSibling(path.getFileName() + ".set-aside-" + nowMillis));
    }
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // held by this process: the same answer
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    if (lock == null) {
      throw new KeyStoreException(KeyStoreTrouble.IN_USE, "key store is in use folder=" + folder);
    }
    return channel;
  }

  private static Path keyFilePath(Path folder) {
    return folder.resolve("keyfile");
  }

  private static Path auditPath(Path folder) {
    return folder.resolve("audit.log");
  }

  @Override
  public void close() throws IOException {
    keyFile.close();
    audit.close();
    audit.auditKey().close();
    lock.close();
  }
}
