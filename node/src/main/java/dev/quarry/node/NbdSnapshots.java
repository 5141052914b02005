package dev.quarry.node;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.VolumeException;
import dev.quarry.nbd.Attachment;
import dev.quarry.nbd.Client;
import dev.quarry.nbd.ExportException;
import dev.quarry.nbd.ExportInfo;
import dev.quarry.nbd.Exports;
import dev.quarry.snapshot.SnapshotInfo;
import dev.quarry.volume.ControlException;
import dev.quarry.volume.SourceCache;
import dev.quarry.volume.SourceDevice;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Completed snapshots as read-only NBD exports, each found by its id. Clients read the store, and
/// nothing is put on the local disk. They are not listed: to know them all, the store would have to
/// be asked.
///
/// Connections to one snapshot share a device, from the first to the last.
final class NbdSnapshots implements Exports {
  private static final Logger LOG = LoggerFactory.getLogger(NbdSnapshots.class);
  private static final String PREFIX = "snap-";

  /// How many chunks of snapshots are kept in memory, 512 KiB each: 128 MiB for the node.
  private static final int CACHED_CHUNKS = 256;

  private final NodeSnapshots snapshots;
  private final SourceCache cache = new SourceCache(CACHED_CHUNKS);
  private final Map<String, Shared> inUse = new HashMap<>(); // guarded by this

  /// A snapshot's device, and how many connections use it.
  private record Shared(BlockDevice device, int uses) {}

  NbdSnapshots(NodeSnapshots snapshots) {
    this.snapshots = snapshots;
  }

  /// Whether a name can only be a snapshot's.
  static boolean names(String export) {
    return export.startsWith(PREFIX);
  }

  @Override
  public List<ExportInfo> list() {
    return List.of();
  }

  /// Asks the store.
  @Override
  public Optional<ExportInfo> find(String name) throws ExportException {
    try {
      return Optional.of(info(snapshots.completed(name)));
    } catch (ControlException e) {
      throw refused(e);
    }
  }

  @Override
  public Attachment attach(String name, Client client) throws ExportException {
    try {
      Attachment attachment = new SnapshotInUse(name, taken(name));
      LOG.atInfo()
          .setMessage("snapshot attached")
          .addKeyValue("snapshot", name)
          .addKeyValue("client", client.address())
          .addKeyValue("connection", client.connection())
          .log();
      return attachment;
    } catch (ControlException e) {
      throw refused(e);
    }
  }

  /// Opens a snapshot without the lock, since the store may take its time.
  private BlockDevice taken(String name) {
    Optional<BlockDevice> there = share(name, Optional.empty());
    if (there.isPresent()) {
      return there.get();
    }
    BlockDevice opened = new SourceDevice(snapshots.source(name), cache);
    BlockDevice shared = share(name, Optional.of(opened)).orElseThrow();
    if (shared != opened) { // another was quicker
      close(name, opened);
    }
    return shared;
  }

  /// Uses the device of a snapshot once more.
  ///
  /// @param opened what to use if there is none
  private synchronized Optional<BlockDevice> share(String name, Optional<BlockDevice> opened) {
    Shared known = inUse.get(name);
    Optional<BlockDevice> device = known == null ? opened : Optional.of(known.device());
    device.ifPresent(
        used -> inUse.put(name, new Shared(used, known == null ? 1 : known.uses() + 1)));
    return device;
  }

  private void release(String name) {
    Shared last;
    synchronized (this) {
      Shared known = inUse.get(name);
      if (known.uses() > 1) {
        inUse.put(name, new Shared(known.device(), known.uses() - 1));
        return;
      }
      last = inUse.remove(name);
    }
    close(name, last.device());
  }

  private static void close(String name, BlockDevice device) {
    try {
      device.close();
    } catch (VolumeException e) {
      LOG.atWarn()
          .setMessage("snapshot could not be closed")
          .addKeyValue("snapshot", name)
          .setCause(e)
          .log();
    }
  }

  private static ExportInfo info(SnapshotInfo snapshot) {
    String of = snapshot.volumeId().map(volume -> "snapshot of " + volume).orElse("snapshot");
    return new ExportInfo(
        snapshot.id().text(), of + ", " + snapshot.startTime(), snapshot.volumeSizeBytes(), true);
  }

  private static ExportException refused(ControlException e) {
    return switch (e) {
      case ControlException.NotFound _, ControlException.Invalid _ ->
          new ExportException.Unknown(e.getMessage());
      case ControlException.Conflict _,
          ControlException.LimitExceeded _,
          ControlException.Unavailable _ ->
          new ExportException.Refused(e.getMessage());
    };
  }

  /// One connection's use of a snapshot.
  private final class SnapshotInUse implements Attachment {
    private final String name;
    private final BlockDevice device;

    SnapshotInUse(String name, BlockDevice device) {
      this.name = name;
      this.device = device;
    }

    @Override
    public BlockDevice device() {
      return device;
    }

    @Override
    public void close() {
      release(name);
    }
  }
}
