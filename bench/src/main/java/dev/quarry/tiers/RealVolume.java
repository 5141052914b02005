package dev.quarry.tiers;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.Durability;
import dev.quarry.block.IoKind;
import dev.quarry.block.VolumeException;
import dev.quarry.shaping.BurstBalance;
import dev.quarry.shaping.Limits;
import dev.quarry.shaping.MetricsSnapshot;
import dev.quarry.shaping.Provisioned;
import dev.quarry.shaping.SystemTime;
import dev.quarry.shaping.TimeSource;
import dev.quarry.volume.Attachment;
import dev.quarry.volume.CatalogueSettings;
import dev.quarry.volume.NewVolume;
import dev.quarry.volume.VolumeCatalogue;
import dev.quarry.volume.VolumeId;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A volume of the engine, in a scratch folder, with all that requests pass through on a node but
/// the network: metered, throttled, chunked, file.
final class RealVolume implements TestVolume {
  private static final int LARGEST_REQUEST = 32 << 20;

  private final TimeSource time = new SystemTime();
  private final Arena arena = Arena.ofShared();
  private final MemorySegment buffer = arena.allocate(LARGEST_REQUEST, 4096);
  private final VolumeCatalogue catalogue;
  private final VolumeId id;
  private final List<Attachment> attachments = new ArrayList<>();

  private RealVolume(VolumeCatalogue catalogue, VolumeId id) {
    this.catalogue = catalogue;
    this.id = id;
  }

  /// Makes the volume.
  ///
  /// @param folder for this volume alone; what is in it stays when this is closed
  static RealVolume create(Path folder, Tier tier, Limits limits) throws IOException {
    VolumeCatalogue catalogue =
        VolumeCatalogue.open(folder, CatalogueSettings.standard().with(limits));
    return new RealVolume(catalogue, catalogue.create(asked(tier)).id());
  }

  private static NewVolume asked(Tier tier) {
    NewVolume asked = NewVolume.ofGib(tier.spec().sizeGib()).ofType(tier.type().apiName());
    Provisioned figures = tier.spec().provisioned();
    if (figures.iops().isPresent()) {
      asked = asked.withIops(figures.iops().getAsInt());
    }
    if (figures.throughputMibps().isPresent()) {
      asked = asked.withThroughputMibps(figures.throughputMibps().getAsInt());
    }
    return asked;
  }

  @Override
  public TimeSource time() {
    return time;
  }

  @Override
  public Way way() {
    Attachment attachment = catalogue.attach(id);
    attachments.add(attachment);
    return new RealWay(attachment.device());
  }

  @Override
  public Optional<BurstBalance> balance() {
    return catalogue.status(id).throttle().balance();
  }

  @Override
  public MetricsSnapshot metrics() {
    return catalogue.status(id).metrics();
  }

  @Override
  public void close() throws VolumeException {
    try {
      for (Attachment attachment : attachments) {
        attachment.close();
      }
      catalogue.close();
    } catch (VolumeException e) {
      throw e;
    } catch (IOException e) {
      throw new VolumeException.Unavailable("the scratch volume cannot be closed", e);
    } finally {
      arena.close();
    }
  }

  /// Used as a server uses it: charged first, carried out when the wait is over.
  private final class RealWay implements Way {
    private final BlockDevice device;
    private final BlockDevice admitted;

    RealWay(BlockDevice device) {
      this.device = device;
      this.admitted = device.admitted();
    }

    @Override
    public long admit(IoKind kind, long offset, int length) {
      return device.admit(kind, offset, length);
    }

    @Override
    public long perform(IoKind kind, long offset, int length, long serviceNanos)
        throws VolumeException {
      long begun = time.nanoTime();
      switch (kind) {
        case READ -> admitted.read(offset, buffer, 0, length);
        case WRITE -> admitted.write(offset, buffer, 0, length, Durability.CACHED);
        case ZERO, TRIM -> admitted.trim(offset, length, Durability.CACHED);
      }
      return Math.max(time.nanoTime() - begun, serviceNanos);
    }
  }
}
