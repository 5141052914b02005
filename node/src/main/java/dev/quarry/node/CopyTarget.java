package dev.quarry.node;

import dev.quarry.crypto.Caller;
import dev.quarry.crypto.DataKey;
import dev.quarry.crypto.EncryptionContext;
import dev.quarry.crypto.GeneratedKey;
import dev.quarry.crypto.KeyService;
import dev.quarry.snapshot.Bits128;
import dev.quarry.snapshot.FolderAnchors;
import dev.quarry.snapshot.Lineages;
import dev.quarry.snapshot.SnapshotCopier;
import dev.quarry.snapshot.SnapshotErrors;
import dev.quarry.snapshot.SnapshotService;
import dev.quarry.snapshot.StoreKeyring;
import dev.quarry.snapshot.WriterLimits;
import dev.quarry.volume.ControlException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;

/// A store that snapshots are copied to, with what guards them there.
///
/// @param stores where it is; the node's own are closed by others
/// @param own whether it is the node's own store
record CopyTarget(
    SnapshotStores stores,
    boolean own,
    StoreKeyring keyring,
    SnapshotService service,
    SnapshotCopier copier)
    implements AutoCloseable {

  /// The node's own store.
  static CopyTarget own(SnapshotStart start) {
    return new CopyTarget(
        start.stores(),
        true,
        start.keyring(),
        start.service(),
        new SnapshotCopier(start.service(), start.service(), Clock.systemUTC()));
  }

  /// Another one. It is opened with the first request.
  ///
  /// @param lineages the folder in which the node remembers how far logs were seen to reach
  static CopyTarget open(
      SnapshotStores stores, Path lineages, SnapshotStart start, KeyService keys) {
    try {
      FolderAnchors anchors = FolderAnchors.open(lineages.resolve(stores.id()).resolve("anchors"));
      StoreKeyring keyring = new StoreKeyring(stores.prompt(), Optional.of(keys), Caller.owner());
      SnapshotService service =
          new SnapshotService(
              stores.prompt(),
              stores.patient(),
              keyring,
              anchors,
              Clock.systemUTC(),
              new SecureRandom(),
              WriterLimits.DEFAULT);
      SnapshotCopier copier = new SnapshotCopier(start.service(), service, Clock.systemUTC());
      return new CopyTarget(stores, false, keyring, service, copier);
    } catch (IOException e) {
      stores.close();
      throw new ControlException.Unavailable("the data folder cannot be used: " + e, e);
    }
  }

  /// Sees to it that the data key of a lineage of copies is in the store: the one of earlier
  /// copies, or a new one.
  synchronized void prepareKey(UUID lineage, String keyArn, KeyService keys) {
    if (SnapshotErrors.translated(() -> keyring.wrapped(lineage)).isPresent()) {
      return;
    }
    String volume = Lineages.volumeOf(lineage).orElseThrow().text(); // copies' have that form
    GeneratedKey drawn =
        keys.generateDataKey(Caller.owner(), keyArn, EncryptionContext.ofEbs(volume));
    try (DataKey key = drawn.dataKey()) {
      Bits128 id = Bits128.of(key.checkValue());
      SnapshotErrors.translated(() -> {
        keyring.put(lineage, id, drawn.wrapped().blob());
        return id;
      });
    }
  }

  @Override
  public void close() {
    if (!own) {
      stores.close();
      keyring.close();
    }
  }
}
