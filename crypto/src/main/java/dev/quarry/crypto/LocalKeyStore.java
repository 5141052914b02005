package dev.quarry.crypto;

import dev.quarry.crypto.KeyServiceException.KMSInternalException;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// Runs the calls of a local key service on the keys: uses side by side, changes alone.
///
/// The order that carries safety: **a change is durable in the key file, then entered into the
/// audit log, then answered; a use is entered, then answered.** So nobody holds a key whose release
/// is not on record, and an entry never claims a generation that was not written.
final class LocalKeyStore implements AutoCloseable {
  private final KeyStoreFiles files;
  private final LocalKeySettings settings;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock(); // before AuditLog's
  private KeyRing ring; // guarded by lock
  private boolean closed; // guarded by lock
  private volatile boolean failed;

  LocalKeyStore(KeyStoreFiles files, LocalKeySettings settings) {
    this.files = files;
    this.settings = settings;
    this.ring = files.ring();
    for (String note : files.notes()) {
      enter(new AuditCall(Caller.owner(), KeyOperation.RECOVER, "").detail(note), "ok");
    }
  }

  /// The outcome of a change.
  ///
  /// @param next the keys after it
  /// @param answer for the caller
  record Step<T>(KeyRing next, T answer) {}

  List<String> notes() {
    return files.notes();
  }

  /// The time, to the millisecond: what the files can hold.
  Instant now() {
    return settings.clock().instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /// Looks at the keys for the service's own purposes, without an entry.
  <T> T peek(Function<KeyRing, T> look) {
    lock.readLock().lock();
    try {
      checkWorking();
      return look.apply(ring);
    } finally {
      lock.readLock().unlock();
    }
  }

  /// The realm of the keys' ARNs.
  KeyRealm realm() {
    return settings.realm();
  }

  /// Where keys are drawn from.
  SecureRandom source() {
    return settings.random();
  }

  byte[] random(int length) {
    byte[] bytes = new byte[length];
    source().nextBytes(bytes);
    return bytes;
  }

  /// The key that a caller names, which the call's entry will name by its id.
  CustomerKey find(KeyRing keys, AuditCall call, String key) {
    CustomerKey found = keys.find(KeyReference.parse(key, realm()));
    call.found(found);
    return found;
  }

  /// Runs a call that changes nothing.
  <T> T use(AuditCall call, Function<KeyRing, T> work) {
    lock.readLock().lock();
    try {
      return entered(
          call,
          () -> {
            Authorization.checkTokens(call.caller(), ring);
            return work.apply(ring);
          });
    } finally {
      lock.readLock().unlock();
    }
  }

  /// Runs a call that changes the keys.
  <T> T change(AuditCall call, Function<KeyRing, Step<T>> work) {
    lock.writeLock().lock();
    try {
      return entered(
          call,
          () -> {
            Authorization.checkTokens(call.caller(), ring);
            Step<T> step = work.apply(ring);
            replace(step.next());
            return step.answer();
          });
    } finally {
      lock.writeLock().unlock();
    }
  }

  /// Seals the keys under another root key.
  void changeRootKey(AuditCall call, RootKeySource source) {
    lock.writeLock().lock();
    try {
      entered(
          call,
          () -> {
            write(state -> files.keyFile().reseal(source, settings.cost(), state), ring);
            return call;
          });
    } finally {
      lock.writeLock().unlock();
    }
  }

  /// Walks the audit log.
  AuditScan scanAudit(Consumer<AuditEntry> each) {
    lock.readLock().lock();
    try {
      checkWorking();
      return files.audit().scan(each);
    } catch (IOException e) {
      throw new KMSInternalException("audit log cannot be read", e);
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        ring.keys().values().forEach(CustomerKey::wipe);
        files.close();
      }
    } catch (IOException e) {
      throw new KMSInternalException("key store cannot be closed", e);
    } finally {
      lock.writeLock().unlock();
    }
  }

  private <T> T entered(AuditCall call, Supplier<T> work) {
    checkWorking();
    T answer;
    try {
      answer = work.get();
    } catch (KeyServiceException e) {
      if (!failed) {
        enter(call, e.code());
      }
      throw e;
    }
    try {
      enter(call, "ok");
    } catch (KMSInternalException e) {
      withhold(answer);
      throw e;
    }
    return answer;
  }

  private void replace(KeyRing next) {
    if (next == ring) {
      return;
    }
    write(state -> files.keyFile().replace(state, 1), next);
    ring.keys().values().stream()
        .filter(old -> !next.keys().containsKey(old.id()))
        .forEach(CustomerKey::wipe);
    ring = next;
  }

  /// A way to write the key file.
  private interface Write {
    void of(KeyStoreState state) throws IOException;
  }

  private void write(Write write, KeyRing keys) {
    AuditLog audit = files.audit();
    try {
      write.of(new KeyStoreState(keys, audit.auditKey(), audit.head()));
    } catch (IOException e) {
      failed = true; // which of the two files a crash would leave is not known any more
      throw new KMSInternalException("key file cannot be written, open the key store again", e);
    }
  }

  private void enter(AuditCall call, String result) {
    long generation = files.keyFile().generation();
    try {
      files.audit().append(sequence -> call.entry(sequence, now(), result, generation));
    } catch (IOException e) {
      failed = true; // a failed force is final
      throw new KMSInternalException("audit log cannot be written, open the key store again", e);
    }
  }

  private void checkWorking() {
    if (closed) {
      throw new IllegalStateException("key service is closed");
    }
    if (failed) {
      throw new KMSInternalException("key store failed before, open it again", null);
    }
  }

  /// A key that is not on record is not given out.
  private static void withhold(Object answer) {
    switch (answer) {
      case DataKey key -> key.close();
      case GeneratedKey generated -> generated.dataKey().close();
      case null, default -> {}
    }
  }
}
