package dev.quarry.node;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.ReadOnlyDevice;
import dev.quarry.block.VolumeException;
import dev.quarry.nbd.Attachment;
import dev.quarry.nbd.Client;
import dev.quarry.nbd.ExportException;
import dev.quarry.nbd.ExportInfo;
import dev.quarry.nbd.Exports;
import dev.quarry.nbd.MetadataContext;
import dev.quarry.volume.Attacher;
import dev.quarry.volume.ControlException;
import dev.quarry.volume.VolumeCatalogue;
import dev.quarry.volume.VolumeId;
import dev.quarry.volume.VolumeRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The volumes of a catalogue as NBD exports. Each is listed by its id, and found by its id or its
/// name, with the group of the client behind it if it has one. There is no default export: which
/// volume that is would change as volumes come and go.
final class CatalogueExports implements Exports {
  private static final Logger LOG = LoggerFactory.getLogger(CatalogueExports.class);

  private final VolumeCatalogue volumes;
  private final ClientLimits limits;
  private final NodeAccess access;

  CatalogueExports(VolumeCatalogue volumes, ClientLimits limits, NodeAccess access) {
    this.volumes = volumes;
    this.limits = limits;
    this.access = access;
  }

  @Override
  public List<ExportInfo> list() {
    return volumes.list().stream().filter(VolumeRecord::usable).map(this::info).toList();
  }

  @Override
  public Optional<ExportInfo> find(String name) throws ExportException {
    ClientLimits.Target target = target(name);
    Optional<VolumeRecord> volume = volumes.find(target.volume());
    if (volume.isPresent() && !volume.get().usable()) {
      throw new ExportException.Refused(
          "volume %s is %s and cannot be attached"
              .formatted(volume.get().id(), volume.get().state().apiName()));
    }
    return volume.map(this::info);
  }

  @Override
  public List<String> contexts(String name) {
    return VolumeContexts.NAMES;
  }

  @Override
  public Attachment attach(String name, Client client) throws ExportException {
    ClientLimits.Target target = target(name);
    try {
      VolumeRecord record = volumes.describe(target.volume());
      VolumeId volume = record.id();
      Attacher attacher =
          new Attacher(ClientName.of(client, target.group()), limits.of(target.group()));
      dev.quarry.volume.Attachment attachment = volumes.attach(volume, attacher);
      BlockDevice device = attachment.device();
      LOG.atInfo()
          .setMessage("volume attached")
          .addKeyValue("volume", volume)
          .addKeyValue("client", client.address())
          .addKeyValue("connection", client.connection())
          .log();
      return new VolumeInUse(
          attachment, readOnly(record) ? new ReadOnlyDevice(device) : device, client);
    } catch (ControlException e) {
      throw switch (e) {
        case ControlException.NotFound _, ControlException.Invalid _ ->
            new ExportException.Unknown(e.getMessage());
        case ControlException.Conflict _,
            ControlException.LimitExceeded _,
            ControlException.Unavailable _ ->
            new ExportException.Refused(e.getMessage());
      };
    }
  }

  private ClientLimits.Target target(String name) throws ExportException {
    ClientLimits.Target target = ClientLimits.Target.parse(name);
    if (!limits.knows(target.group())) {
      throw new ExportException.Unknown(
          "there is no client group '%s'; the node has %s"
              .formatted(
                  target.group().orElseThrow(),
                  limits.names().isEmpty() ? "none" : limits.names()));
    }
    return target;
  }

  private boolean readOnly(VolumeRecord volume) {
    return access.readOnly(volume.id().text(), volume.name());
  }

  private ExportInfo info(VolumeRecord volume) {
    String description =
        volume.name().map(name -> name + ", ").orElse("")
            + volume.type().apiName()
            + ", "
            + (volume.sizeBytes() >> 30)
            + " GiB";
    return new ExportInfo(volume.id().text(), description, volume.sizeBytes(), readOnly(volume));
  }

  /// One connection's use of a volume.
  private record VolumeInUse(
      dev.quarry.volume.Attachment attachment, BlockDevice device, Client client)
      implements Attachment {

    @Override
    public Map<String, MetadataContext> contexts() {
      return VolumeContexts.of(attachment);
    }

    @Override
    public void close() {
      try {
        attachment.close();
        LOG.atInfo()
            .setMessage("volume detached")
            .addKeyValue("volume", attachment.volume().id())
            .addKeyValue("connection", client.connection())
            .log();
      } catch (VolumeException e) {
        LOG.atError()
            .setMessage("volume could not be flushed as its last client left; it is in error")
            .addKeyValue("volume", attachment.volume().id())
            .setCause(e)
            .log();
      }
    }
  }
}
