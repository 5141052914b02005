package dev.quarry.node;

import dev.quarry.block.VolumeException;
import dev.quarry.volume.VolumeCatalogue;
import dev.quarry.volume.VolumeHold;
import dev.quarry.volume.VolumeId;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The volumes of which snapshots are being made. Safe for use by many threads.
final class HeldVolumes {
  private static final Logger LOG = LoggerFactory.getLogger(HeldVolumes.class);

  private final VolumeCatalogue volumes;
  private final NodeOrigins usage;
  private final Map<VolumeId, Shared> held = new HashMap<>(); // guarded by this

  /// What the snapshots of one volume share, and how many they are.
  private record Shared(HeldVolume volume, int uses) {}

  /// @param usage tells how they were used
  HeldVolumes(VolumeCatalogue volumes, NodeOrigins usage) {
    this.volumes = volumes;
    this.usage = usage;
  }

  /// A volume for one snapshot. Whoever asks closes it.
  final class Use implements AutoCloseable {
    private final HeldVolume volume;
    private final VolumeHold hold;

    private Use(HeldVolume volume, VolumeHold hold) {
      this.volume = volume;
      this.hold = hold;
    }

    HeldVolume volume() {
      return volume;
    }

    VolumeId id() {
      return hold.volume().id();
    }

    /// What goes wrong here is in the volume's state.
    @Override
    public void close() {
      returned(id());
      try {
        hold.close();
      } catch (VolumeException e) {
        LOG.atWarn()
            .setMessage("volume cannot be closed after a snapshot")
            .addKeyValue("volume", id())
            .setCause(e)
            .log();
      }
    }
  }

  /// Keeps a volume open for one snapshot.
  ///
  /// @throws dev.quarry.volume.ControlException if no snapshot can be made of it now
  Use take(VolumeId id) {
    VolumeHold hold = volumes.hold(id);
    synchronized (this) {
      Shared shared = held.getOrDefault(id, new Shared(new HeldVolume(hold, usage), 0));
      held.put(id, new Shared(shared.volume(), shared.uses() + 1));
      return new Use(shared.volume(), hold);
    }
  }

  private synchronized void returned(VolumeId id) {
    held.computeIfPresent(
        id,
        (_, shared) -> shared.uses() == 1 ? null : new Shared(shared.volume(), shared.uses() - 1));
  }
}
