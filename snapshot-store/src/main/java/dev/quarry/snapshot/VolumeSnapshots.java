package dev.quarry.snapshot;

import dev.quarry.block.VolumeException;
import dev.quarry.volume.ControlException;
import dev.quarry.volume.FrozenView;
import dev.quarry.volume.VolumeData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Snapshots of volumes, as users ask for them: made of volumes that go on serving, and made into
/// volumes that serve at once. The way in.
///
/// A volume is [#open]ed here once, before its first snapshot by this process.
///
/// **Order: commit, then remember, then count anew.** The log's entry makes the snapshot; then the
/// volume remembers it as its next one's parent; then its marks forget what the snapshot has. Cut
/// short anywhere, the next snapshot has more than it need have, never less.
///
/// Errors are [ControlException]s with the codes of EBS. Safe for use by many threads.
public final class VolumeSnapshots {
  private static final Logger LOG = LoggerFactory.getLogger(VolumeSnapshots.class);

  private final SnapshotService service;

  /// Held shared from the choice of a parent to the entry that begins a snapshot of it, exclusively
  /// while a pin is looked at that such a parent may need.
  private final ReadWriteLock parentage = new ReentrantReadWriteLock();

  /// What the ends of one volume's snapshots lock, by lineages. They stay, as their logs do.
  private final ConcurrentMap<UUID, Object> ends = new ConcurrentHashMap<>();

  public VolumeSnapshots(SnapshotService service) {
    this.service = service;
  }

  /// Makes this process the one that makes a volume's snapshots, and ends what another one, or this
  /// one before it was killed, left pending.
  public void open(UUID lineage) {
    SnapshotErrors.translated(() -> {
      service.takeOver(lineage);
      return lineage;
    });
  }

  /// Begins a snapshot of a volume as it is now. It is made in the background.
  public PendingSnapshot create(
      SnapshotVolume volume, String description, Map<String, String> tags) {
    return createTogether(List.of(volume), description, tags).getFirst();
  }

  /// Begins snapshots of several volumes as they are at one instant: of all, or of none. All are
  /// completed, or none is.
  public List<PendingSnapshot> createTogether(
      List<SnapshotVolume> volumes, String description, Map<String, String> tags) {
    SnapshotRequest.check(description, tags);
    parentage.readLock().lock();
    try {
      return SnapshotErrors.translated(() -> begin(volumes, description, tags));
    } finally {
      parentage.readLock().unlock();
    }
  }

  private List<PendingSnapshot> begin(
      List<SnapshotVolume> volumes, String description, Map<String, String> tags) {
    List<Optional<ParentSnapshot>> parents =
        volumes.stream().map(v -> service.parentFor(v.lineage(), v.parent())).toList();
    List<Map<String, String>> attributes =
        volumes.stream().map(SnapshotVolume::attributes).toList();
    List<Hints> hints = volumes.stream().map(SnapshotVolume::hints).toList();
    List<FrozenView> views = freeze(volumes, parents); // last: whoever makes them closes them
    List<SnapshotService.Member> members = new ArrayList<>();
    for (int i = 0; i < views.size(); i++) {
      SnapshotVolume volume = volumes.get(i);
      SnapshotRequest request =
          new SnapshotRequest(
              volume.lineage(),
              views.get(i),
              parents.get(i),
              description,
              tags,
              attributes.get(i),
              hints.get(i));
      members.add(
          new SnapshotService.Member(
              request, volume.maxPending(), parent -> remember(volume, parent)));
    }
    return members.size() == 1
        ? List.of(service.create(members.getFirst()))
        : service.createGroup(members);
  }

  private static List<FrozenView> freeze(
      List<SnapshotVolume> volumes, List<Optional<ParentSnapshot>> parents) {
    List<VolumeData.Freeze> freezes = new ArrayList<>();
    for (int i = 0; i < volumes.size(); i++) {
      OptionalLong epoch = parents.get(i).stream().mapToLong(ParentSnapshot::cutEpoch).findFirst();
      freezes.add(new VolumeData.Freeze(volumes.get(i).data(), epoch));
    }
    try {
      return VolumeData.freezeTogether(freezes);
    } catch (IOException e) {
      throw new SnapshotException.Unavailable("cannot freeze: " + e.getMessage(), e);
    }
  }

  /// Several snapshots may be pending, and complete in any order: the latest instant counts.
  private void remember(SnapshotVolume volume, Optional<ParentSnapshot> parent) {
    synchronized (ends.computeIfAbsent(volume.lineage(), _ -> new Object())) {
      if (parent.isEmpty()) {
        volume.rememberParent(parent);
        return;
      }
      ParentSnapshot made = parent.get();
      boolean later =
          volume
              .parent()
              .filter(known -> known.volume().equals(made.volume()))
              .filter(known -> known.cutEpoch() >= made.cutEpoch())
              .isPresent();
      if (later) {
        return;
      }
      volume.rememberParent(parent);
      try {
        volume.data().rebase(made.cutEpoch());
      } catch (VolumeException e) {
        LOG.warn("a volume goes on counting changes from an earlier snapshot made={}", made, e);
      }
    }
  }

  /// The snapshots of a volume, oldest first.
  public List<SnapshotInfo> list(UUID lineage) {
    return SnapshotErrors.translated(() -> service.list(lineage));
  }

  /// A snapshot with all that its maker said of it.
  public SnapshotInfo show(SnapshotId id) {
    return SnapshotErrors.translated(() -> service.show(id));
  }

  /// How far a snapshot is that this process makes; nothing if it makes no such one, or not any
  /// more.
  public Optional<Progress> progress(SnapshotId id) {
    return service.progress(id);
  }

  /// The contents of a snapshot, to be written elsewhere.
  public SnapshotExport export(SnapshotId id) {
    return SnapshotErrors.translated(() -> service.export(id));
  }

  /// What differs between two snapshots of one volume, or of volumes with one data key.
  ///
  /// @param before what to compare with; nothing, to be told of all that a snapshot has
  public SnapshotDiff diff(Optional<SnapshotId> before, SnapshotId after) {
    return SnapshotErrors.translated(() -> service.diff(before, after));
  }

  /// Makes sure that a snapshot's contents stay for a volume that is to be made from it, even when
  /// it is deleted. Comes before the volume is recorded; [#release] if it is not made after all.
  ///
  /// @param lineage of the new volume
  /// @return what the new volume remembers as its parent
  public ParentSnapshot pin(SnapshotId id, UUID lineage) {
    return SnapshotErrors.translated(() -> service.pin(id, lineage));
  }

  /// The contents of the snapshot that a volume was made from, each time that it is opened and not
  /// wholly on the local disk.
  public SnapshotSource source(SnapshotId id, UUID lineage) {
    return SnapshotErrors.translated(() -> service.pinnedSource(id, lineage));
  }

  /// Releases a volume's pin of the snapshot it was made from, if the volume reads that no more,
  /// because it is wholly hydrated or deleted, and none of its own snapshots can have frames of it.
  /// A volume that goes on has its next snapshot in full then.
  ///
  /// @return whether it is released; if not, ask again when snapshots of the volume are gone
  public boolean releaseUnneeded(SnapshotId id, UUID lineage) {
    parentage.writeLock().lock();
    try {
      return SnapshotErrors.translated(() -> service.releaseUnneeded(id, lineage));
    } finally {
      parentage.writeLock().unlock();
    }
  }

  /// Releases the pin of a volume that was not made after all.
  public void release(SnapshotId id, UUID lineage) {
    SnapshotErrors.translated(() -> {
      service.release(id, lineage);
      return id;
    });
  }
}
