package dev.quarry.node;

import dev.quarry.volume.VolumeRecord;
import java.util.List;

/// Volumes as the control API shows them. What a volume does not have is left out.
final class VolumeJson {
  private final ExportUris uris;

  VolumeJson(ExportUris uris) {
    this.uris = uris;
  }

  JsonObject list(List<VolumeRecord> volumes) {
    return new JsonObject().put("volumes", volumes.stream().map(this::volume).toList());
  }

  JsonObject volume(VolumeRecord volume) {
    JsonObject json = new JsonObject();
    json.put("id", volume.id().text());
    volume.name().ifPresent(name -> json.put("name", name));
    json.put("type", volume.type());
    volume.iops().ifPresent(iops -> json.put("iops", iops));
    volume.throughputMibps().ifPresent(mibps -> json.put("throughputMibps", mibps));
    json.put("sizeBytes", volume.sizeBytes());
    json.put("state", volume.state().apiName());
    volume.errorReason().ifPresent(reason -> json.put("stateReason", reason));
    json.put("createdAt", volume.createdAt().toString());
    json.put("tags", volume.tags());
    json.put("uris", uris.of(volume.id().text()));
    return json;
  }
}
