package dev.quarry.node;

import dev.quarry.block.VolumeException;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A volume, kept open while one snapshot is made of it.
final class HeldVolume implements SnapshotVolume, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HeldVolume.class);

  private final VolumeHold hold;
  private final NodeOrigins usage;

  /// @param hold is closed with this
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

  /// Lets the volume go. What goes wrong here is in the volume's state.
  @Override
  public void close() {
    try {
      hold.close();
    } catch (VolumeException e) {
      LOG.atWarn()
          .setMessage("volume cannot be closed after a snapshot")
          .addKeyValue("volume", hold.volume().id())
          .setCause(e)
          .log();
    }
  }

  /// Amazon EBS User Guide, "Create Amazon EBS snapshots": five for SSDs and magnetic, one for
  /// throughput-optimised and cold hard disks.
  @Override
  public int maxPending() {
    VolumeType type = hold.volume().type();
    return type == VolumeType.ST1 || type == VolumeType.SC1 ? 1 : 5;
  }
}
