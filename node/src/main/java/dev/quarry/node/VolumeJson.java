package dev.quarry.node;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quarry.volume.VolumeRecord;
import java.util.List;

/// Volumes as the control API shows them. What a volume does not have is left out.
final class VolumeJson {
  private final ExportUris uris;

  VolumeJson(ExportUris uris) {
    this.uris = uris;
  }

  ObjectNode list(List<VolumeRecord> volumes) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode array = json.putArray("volumes");
    volumes.forEach(volume -> array.add(volume(volume)));
    return json;
  }

  ObjectNode volume(VolumeRecord volume) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", volume.id().text());
    volume.name().ifPresent(name -> json.put("name", name));
    json.put("type", volume.type());
    volume.iops().ifPresent(iops -> json.put("iops", iops));
    volume.throughputMibps().ifPresent(mibps -> json.put("throughputMibps", mibps));
    json.put("sizeBytes", volume.sizeBytes());
    json.put("state", volume.state().apiName());
    volume.errorReason().ifPresent(reason -> json.put("stateReason", reason));
    json.put("createdAt", volume.createdAt().toString());
    ObjectNode tags = json.putObject("tags");
    volume.tags().forEach(tags::put);
    ArrayNode addresses = json.putArray("uris");
    uris.of(volume.id().text()).forEach(addresses::add);
    return json;
  }
}
