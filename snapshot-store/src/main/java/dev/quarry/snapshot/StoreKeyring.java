package dev.quarry.snapshot;

import dev.quarry.crypto.Caller;
import dev.quarry.crypto.CiphertextBlob;
import dev.quarry.crypto.DataKey;
import dev.quarry.crypto.EncryptionContext;
import dev.quarry.crypto.KeyService;
import dev.quarry.crypto.KeyServiceException;
import dev.quarry.objects.ObjectStore;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// Finds the data key of a lineage where its snapshots are: wrapped, in the store. So snapshots can
/// be read when the volume is gone, by any node that has the customer key.
///
/// A wrapped key is bound to the volume it was made for, by the id that is in the lineage's name. A
/// lineage without one in the store is not encrypted. If somebody removes it, nothing is read as if
/// it had never been sealed: log, roots and frames name the scheme they are sealed with, and
/// another one is refused.
///
/// Keys that were unwrapped stay until this is closed, which comes after all that uses them. Safe
/// for use by many threads.
public final class StoreKeyring implements Keyring, AutoCloseable {
  private static final long FIRST_REVISION = 1;

  private final ObjectStore store;
  private final Optional<KeyService> service;
  private final Caller caller;
  private final ConcurrentMap<UUID, Guard> guards = new ConcurrentHashMap<>();

  private record Guard(Seals seals, Optional<DataKey> key) {}

  /// @param service unwraps data keys; nothing where no customer keys are
  /// @param caller in whose name
  public StoreKeyring(ObjectStore store, Optional<KeyService> service, Caller caller) {
    this.store = store;
    this.service = service;
    this.caller = caller;
  }

  /// Puts the data key of an encrypted volume beside its snapshots. Comes before anything else is
  /// written for it; repeating it does nothing.
  ///
  /// @param keyId the check value of the key
  /// @param wrapped the key, wrapped under a customer key and bound to the volume
  public void put(UUID volume, Bits128 keyId, CiphertextBlob wrapped) {
    String name = ObjectNames.key(volume, keyId, FIRST_REVISION);
    Stores.run(() -> store.putIfAbsent(name, wrapped.bytes()));
    guards.computeIfPresent(
        volume, (_, guard) -> guard.key().isEmpty() ? null : guard); // looked up too early
  }

  /// The data key of a lineage, wrapped and bound to its volume; nothing if it is not encrypted.
  public Optional<CiphertextBlob> wrapped(UUID volume) {
    return latest(volume).map(this::get);
  }

  @Override
  public Seals sealsOf(UUID volume) {
    return guards.computeIfAbsent(volume, this::find).seals();
  }

  private Guard find(UUID volume) {
    return latest(volume)
        .map(name -> guard(volume, name))
        .orElseGet(() -> new Guard(new ChecksumSeals(), Optional.empty()));
  }

  private Guard guard(UUID volume, String name) {
    DataKey key = unwrap(volume, get(name));
    Seals seals = new DataKeySeals(key);
    if (!name.startsWith(ObjectNames.keys(volume) + seals.keyId() + "/")) {
      key.close();
      throw new SnapshotException.Corrupt(name, "another key lies here key=" + seals.keyId());
    }
    return new Guard(seals, Optional.of(key));
  }

  /// The name of the latest revision of a wrapped key.
  private Optional<String> latest(UUID volume) {
    return Stores.run(() -> Stores.names(store, ObjectNames.keys(volume))).stream()
        .reduce((_, later) -> later);
  }

  private CiphertextBlob get(String name) {
    return Stores.run(() -> store.get(name))
        .map(CiphertextBlob::of)
        .orElseThrow(() -> new SnapshotException.Corrupt(name, "wrapped key is missing"));
  }

  private DataKey unwrap(UUID volume, CiphertextBlob wrapped) {
    KeyService keys =
        service.orElseThrow(() ->
            new SnapshotException.IncorrectState(
                "snapshots are encrypted, and there is no key service volume=" + volume));
    String id =
        Lineages.volumeOf(volume)
            .orElseThrow(() ->
                new SnapshotException.IncorrectState(
                    "key of a lineage without a volume's name volume=" + volume))
            .text();
    try {
      return keys.decrypt(caller, wrapped, EncryptionContext.ofEbs(id), Optional.empty());
    } catch (KeyServiceException e) {
      throw new SnapshotException.KeyUnusable(
          "the key of the snapshots cannot be used volume=%s: %s".formatted(id, e.getMessage()), e);
    }
  }

  /// Wipes all keys.
  @Override
  public void close() {
    guards.values().forEach(guard -> guard.key().ifPresent(DataKey::close));
    guards.clear();
  }
}
