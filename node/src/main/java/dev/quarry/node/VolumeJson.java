package dev.quarry.node;

import dev.quarry.shaping.Modification;
import dev.quarry.shaping.VolumeSpec;
import dev.quarry.volume.VolumeRecord;
import dev.quarry.volume.VolumeStatus;
import java.util.List;
import java.util.Optional;

/// Volumes as the control API shows them. What a volume does not have is left out.
final class VolumeJson {
  private final ExportUris uris;
  private final NodeOrigins origins;

  /// @param origins tells how far volumes are that are made from snapshots
  VolumeJson(ExportUris uris, NodeOrigins origins) {
    this.uris = uris;
    this.origins = origins;
  }

  JsonObject list(List<VolumeRecord> volumes) {
    return new JsonObject().put("volumes", volumes.stream().map(this::volume).toList());
  }

  /// A volume with how it does.
  JsonObject volume(VolumeRecord volume, VolumeStatus status) {
    return volume(volume)
        .put("performance", PerformanceJson.performance(status))
        .put("metrics", PerformanceJson.metrics(status.metrics()));
  }

  JsonObject volume(VolumeRecord volume) {
    JsonObject json = new JsonObject();
    json.put("id", volume.id().text());
    volume.name().ifPresent(name -> json.put("name", name));
    json.put("type", volume.type().apiName());
    volume.iops().ifPresent(iops -> json.put("iops", iops));
    volume.throughputMibps().ifPresent(mibps -> json.put("throughputMibps", mibps));
    json.put("sizeBytes", volume.sizeBytes());
    json.put("state", volume.state().apiName());
    volume.errorReason().ifPresent(reason -> json.put("stateReason", reason));
    json.put("encrypted", volume.encryption().isPresent());
    volume.encryption().ifPresent(encryption -> json.put("kmsKeyId", encryption.keyArn()));
    volume
        .originSnapshot()
        .ifPresent(snapshot ->
            json.put("snapshotId", snapshot).put("initialization", initialization(volume)));
    json.put("multiAttachEnabled", volume.multiAttach());
    json.put("createdAt", volume.createdAt().toString());
    json.put("tags", volume.tags());
    volume.lastModification().ifPresent(last -> json.put("modification", modification(last)));
    json.put("uris", uris.of(volume.id().text()));
    return json;
  }

  /// How much of what it was made from is on the local disk.
  private JsonObject initialization(VolumeRecord volume) {
    JsonObject json = new JsonObject();
    if (volume.hydration().isEmpty()) {
      return json.put("state", "completed");
    }
    Optional<VolumeHydration> hydration = origins.hydrationOf(volume.id());
    json.put(
        "state", hydration.filter(VolumeHydration::failed).isPresent() ? "failed" : "initializing");
    volume
        .hydration()
        .get()
        .mibps()
        .ifPresent(mibps -> json.put("volumeInitializationRate", mibps));
    hydration
        .flatMap(VolumeHydration::progress)
        .ifPresent(progress -> json.put("transfer", SnapshotJson.transfer(progress)));
    return json;
  }

  /// Named as in the EC2 API Reference, VolumeModification.
  private static JsonObject modification(Modification modification) {
    JsonObject json = new JsonObject();
    json.put("modificationState", modification.state().apiName());
    json.put("progress", modification.progress());
    if (!modification.statusMessage().isEmpty()) {
      json.put("statusMessage", modification.statusMessage());
    }
    json.put("original", spec(modification.original()));
    json.put("target", spec(modification.target()));
    json.put("startTime", modification.start().toString());
    modification.end().ifPresent(end -> json.put("endTime", end.toString()));
    return json;
  }

  private static JsonObject spec(VolumeSpec spec) {
    JsonObject json = new JsonObject();
    json.put("sizeGib", spec.sizeGib());
    json.put("type", spec.type().apiName());
    spec.provisioned().iops().ifPresent(iops -> json.put("iops", iops));
    spec.provisioned().throughputMibps().ifPresent(mibps -> json.put("throughputMibps", mibps));
    if (spec.multiAttach()) {
      json.put("multiAttachEnabled", true);
    }
    return json;
  }
}
