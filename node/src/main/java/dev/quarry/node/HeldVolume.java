package dev.quarry.node;

import dev.quarry.shaping.VolumeType;
import dev.quarry.snapshot.Hints;
import dev.quarry.snapshot.Lineages;
import dev.quarry.snapshot.ParentSnapshot;
import dev.quarry.snapshot.SnapshotVolume;
import dev.quarry.volume.VolumeData;
import dev.quarry.volume.VolumeHold;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A volume while snapshots are made of it. There is one object for all of its snapshots that are
/// being made, which lock it: see [HeldVolumes].
final class HeldVolume implements SnapshotVolume {
  private final VolumeHold hold;
  private final NodeOrigins usage;

  /// @param hold tells of it, also when it is closed, as long as the volume is held by another
  /// @param usage tells how it was used
  HeldVolume(VolumeHold hold, NodeOrigins usage) {
    this.hold = hold;
    this.usage = usage;
  }

  VolumeHold hold() {
    return hold;
  }

  @Override
  public UUID lineage() {
    return Lineages.of(hold.volume().id());
  }

  @Override
  public VolumeData data() {
    return hold.data();
  }

  @Override
  public Optional<ParentSnapshot> parent() {
    return hold.volume().parentSnapshot().map(ParentSnapshot::of);
  }

  @Override
  public void rememberParent(Optional<ParentSnapshot> parent) {
    hold.rememberParent(parent.map(ParentSnapshot::toString));
  }

  @Override
  public Map<String, String> attributes() {
    return SnapshotAttributes.of(hold.volume());
  }

  @Override
  public Hints hints() {
    return usage.hintsOf(hold.volume().id());
  }

  /// Amazon EBS User Guide, "Create Amazon EBS snapshots": five for SSDs and magnetic, one for
  /// throughput-optimised and cold hard disks.
  @Override
  public int maxPending() {
    VolumeType type = hold.volume().type();
    return type == VolumeType.ST1 || type == VolumeType.SC1 ? 1 : 5;
  }
}
