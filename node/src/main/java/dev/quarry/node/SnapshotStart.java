package dev.quarry.node;

import dev.quarry.crypto.Caller;
import dev.quarry.crypto.KeyService;
import dev.quarry.disk.Disk;
import dev.quarry.disk.PosixDisk;
import dev.quarry.snapshot.FolderAnchors;
import dev.quarry.snapshot.SnapshotService;
import dev.quarry.snapshot.StoreKeyring;
import dev.quarry.snapshot.VolumeSnapshots;
import dev.quarry.snapshot.WriterLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;

/// What a node's snapshots rest on, ready before its volumes are opened.
///
/// @param stores where they are
/// @param keyring what guards them
/// @param service reads them past their volumes, and takes in contents from elsewhere
/// @param snapshots makes them of volumes; the only one, since it keeps their parents and pins
///   apart
/// @param origins gives them to volumes that are made from them
/// @param marks of which of them were being made
/// @param time ends what waits for the store
record SnapshotStart(
    SnapshotStores stores,
    StoreKeyring keyring,
    SnapshotService service,
    VolumeSnapshots snapshots,
    NodeOrigins origins,
    PendingMarks marks,
    NodeTime time)
    implements AutoCloseable {

  /// What a node remembers of its store outside of it.
  static final String FOLDER = "lineages";

  /// @throws NodeException if the store must not be used, or the data folder cannot
  static SnapshotStart of(NodeSettings settings, KeyService keys) throws NodeException {
    NodeTime time = new NodeTime();
    SnapshotStores stores = SnapshotStores.of(settings.store(), settings.dataFolder(), time);
    boolean named = !(settings.store().place() instanceof StoreSettings.Place.InDataFolder);
    if (named) {
      stores.check();
    }
    Path folder = settings.dataFolder().resolve(FOLDER).resolve(stores.id());
    try {
      Disk lineages = PosixDisk.open(settings.dataFolder()).folder(FOLDER).folder(stores.id());
      PendingMarks marks = PendingMarks.open(lineages.folder("pending"));
      FolderAnchors anchors = FolderAnchors.open(folder.resolve("anchors"));
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
      VolumeSnapshots snapshots = new VolumeSnapshots(service);
      NodeOrigins origins = new NodeOrigins(snapshots, keyring, keys, time);
      return new SnapshotStart(stores, keyring, service, snapshots, origins, marks, time);
    } catch (IOException e) {
      stores.close();
      throw new NodeException(
          "the data folder cannot be used folder=%s reason=%s".formatted(folder, e),
          "see to the disk, or name another folder with --data",
          e);
    }
  }

  /// Comes after all that reads or makes snapshots.
  @Override
  public void close() {
    time.end();
    stores.close();
    keyring.close();
  }
}
