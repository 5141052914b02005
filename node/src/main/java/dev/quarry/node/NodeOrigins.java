package dev.quarry.node;

import dev.quarry.block.BlockDevice;
import dev.quarry.crypto.Caller;
import dev.quarry.crypto.CiphertextBlob;
import dev.quarry.crypto.EncryptionContext;
import dev.quarry.crypto.KeyService;
import dev.quarry.crypto.KeyServiceException;
import dev.quarry.crypto.WrappedKey;
import dev.quarry.snapshot.Hints;
import dev.quarry.snapshot.Lineages;
import dev.quarry.snapshot.SnapshotErrors;
import dev.quarry.snapshot.SnapshotException;
import dev.quarry.snapshot.SnapshotId;
import dev.quarry.snapshot.SnapshotInfo;
import dev.quarry.snapshot.StoreKeyring;
import dev.quarry.snapshot.UsageRecorder;
import dev.quarry.snapshot.VolumeSnapshots;
import dev.quarry.volume.ChunkSource;
import dev.quarry.volume.ControlException;
import dev.quarry.volume.SnapshotOrigins;
import dev.quarry.volume.VolumeData;
import dev.quarry.volume.VolumeId;
import dev.quarry.volume.VolumeRecord;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The snapshots in a node's store, for volumes that are made from them.
final class NodeOrigins implements SnapshotOrigins {
  private static final Logger LOG = LoggerFactory.getLogger(NodeOrigins.class);

  private final VolumeSnapshots snapshots;
  private final StoreKeyring keyring;
  private final KeyService keys;
  private final NodeTime time;
  private final Map<VolumeId, VolumeHydration> hydrations = new ConcurrentHashMap<>();
  private final Map<VolumeId, UsageRecorder> recorders = new ConcurrentHashMap<>();

  NodeOrigins(VolumeSnapshots snapshots, StoreKeyring keyring, KeyService keys, NodeTime time) {
    this.snapshots = snapshots;
    this.keyring = keyring;
    this.keys = keys;
    this.time = time;
  }

  @Override
  public String pin(String snapshot, VolumeId volume) {
    return snapshots.pin(new SnapshotId(snapshot), Lineages.of(volume)).toString();
  }

  @Override
  public void release(String snapshot, VolumeId volume) {
    try {
      snapshots.release(new SnapshotId(snapshot), Lineages.of(volume));
    } catch (ControlException e) {
      LOG.atWarn()
          .setMessage("snapshot stays pinned for a volume that is not there")
          .addKeyValue("snapshot", snapshot)
          .addKeyValue("volume", volume)
          .setCause(e)
          .log();
    }
  }

  /// The key does not leave the key service: it wraps it anew for the volume's id.
  @Override
  public VolumeRecord.Encryption dataKey(String snapshot, VolumeId volume) {
    SnapshotInfo info = snapshots.show(new SnapshotId(snapshot));
    VolumeId source =
        info.volumeId()
            .orElseThrow(() -> new IllegalStateException("an encrypted snapshot of no volume"));
    CiphertextBlob wrapped = SnapshotErrors.translated(() -> wrappedKey(info));
    String keyArn =
        SnapshotAttributes.keyArn(info)
            .orElseThrow(() -> new IllegalStateException("an encrypted snapshot of no key"));
    try {
      WrappedKey anew =
          keys.reEncrypt(
              Caller.owner(),
              wrapped,
              EncryptionContext.ofEbs(source.text()),
              keyArn,
              EncryptionContext.ofEbs(volume.text()));
      return new VolumeRecord.Encryption(anew.keyArn(), anew.blob().bytes());
    } catch (KeyServiceException e) {
      throw ControlException.of("The key of snapshot %s cannot be used".formatted(snapshot), e);
    }
  }

  private CiphertextBlob wrappedKey(SnapshotInfo snapshot) {
    return keyring
        .wrapped(snapshot.volume())
        .orElseThrow(() ->
            new SnapshotException.Corrupt("snapshot " + snapshot.id(), "wrapped key is missing"));
  }

  @Override
  public ChunkSource source(VolumeRecord volume) {
    SnapshotId snapshot = new SnapshotId(volume.originSnapshot().orElseThrow());
    return new OriginSource(
        volume.sizeBytes(), () -> snapshots.source(snapshot, Lineages.of(volume.id())));
  }

  @Override
  public Hydration hydrate(
      VolumeRecord volume, VolumeData data, ChunkSource source, Runnable hydrated) {
    if (!(source instanceof OriginSource origin)) {
      throw new IllegalArgumentException("a source from elsewhere source=" + source);
    }
    VolumeHydration hydration =
        new VolumeHydration(
            volume, data, origin, time, hydrated, () -> hydrations.remove(volume.id()));
    hydrations.put(volume.id(), hydration);
    hydration.start();
    return hydration;
  }

  @Override
  public BlockDevice watched(VolumeId volume, BlockDevice device, boolean first) {
    UsageRecorder recorder = recorderOf(volume);
    if (first) {
      recorder.attached();
    }
    return recorder.recording(device);
  }

  /// How a volume was used, for its next snapshot.
  Hints hintsOf(VolumeId volume) {
    return recorderOf(volume).hints();
  }

  private UsageRecorder recorderOf(VolumeId volume) {
    return recorders.computeIfAbsent(volume, _ -> new UsageRecorder(Hints.NONE));
  }

  /// Lets go of what is known of a volume that was deleted, and of the snapshot it was made from
  /// unless snapshots of its own may build on that.
  @Override
  public void deleted(VolumeRecord volume) {
    recorders.remove(volume.id());
    if (volume.originSnapshot().isPresent()) {
      Thread.ofVirtual().name("release-" + volume.id()).start(() -> releaseUnneeded(volume));
    }
  }

  private void releaseUnneeded(VolumeRecord volume) {
    SnapshotId origin = new SnapshotId(volume.originSnapshot().orElseThrow());
    try {
      snapshots.releaseUnneeded(origin, Lineages.of(volume.id()));
    } catch (ControlException e) {
      LOG.atWarn()
          .setMessage("snapshot stays pinned for a volume that was deleted")
          .addKeyValue("volume", volume.id())
          .setCause(e)
          .log();
    }
  }

  /// Asks for all hydrations to end, since the node does.
  void stop() {
    hydrations.values().forEach(VolumeHydration::stop);
  }

  /// How a volume is being brought to the local disk, if it is.
  Optional<VolumeHydration> hydrationOf(VolumeId volume) {
    return Optional.ofNullable(hydrations.get(volume));
  }
}
