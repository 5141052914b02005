package dev.quarry.node;

import dev.quarry.snapshot.Progress;
import dev.quarry.snapshot.SnapshotInfo;
import dev.quarry.snapshot.SnapshotLock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Snapshots as the control API shows them, in the words of the EC2 API Reference, Snapshot. What a
/// snapshot does not have is left out.
final class SnapshotJson {
  private SnapshotJson() {}

  static JsonObject list(List<SnapshotInfo> snapshots) {
    return new JsonObject()
        .put("snapshots", snapshots.stream().map(s -> snapshot(s, Optional.empty())).toList());
  }

  /// @param progress how far it is, if this node makes it
  static JsonObject snapshot(SnapshotInfo snapshot, Optional<Progress> progress) {
    JsonObject json = new JsonObject();
    json.put("id", snapshot.id().text());
    snapshot.volumeId().ifPresent(volume -> json.put("volumeId", volume.text()));
    SnapshotAttributes.volumeName(snapshot).ifPresent(name -> json.put("volumeName", name));
    json.put("state", snapshot.state().name().toLowerCase(Locale.ROOT));
    if (!snapshot.statusMessage().isEmpty()) {
      json.put("statusMessage", snapshot.statusMessage());
    }
    json.put("progress", snapshot.progressPercent() + "%");
    json.put("startTime", snapshot.startTime().toString());
    snapshot.completionTime().ifPresent(time -> json.put("completionTime", time.toString()));
    snapshot.binExitTime().ifPresent(time -> json.put("recycleBinExitTime", time.toString()));
    snapshot.lock().ifPresent(lock -> json.put("lock", lock(lock)));
    json.put("volumeSizeBytes", snapshot.volumeSizeBytes());
    json.put("fullSnapshotSizeInBytes", snapshot.fullSnapshotSizeInBytes());
    json.put("storedBytes", snapshot.storedBytes());
    json.put("encrypted", snapshot.encrypted());
    if (snapshot.encrypted()) {
      SnapshotAttributes.keyArn(snapshot).ifPresent(key -> json.put("kmsKeyId", key));
      json.put("dataEncryptionKeyId", snapshot.dataKey().toString());
    }
    json.put("description", snapshot.description());
    json.put("tags", snapshot.tags());
    progress.ifPresent(now -> json.put("transfer", transfer(now)));
    return json;
  }

  private static JsonObject lock(SnapshotLock lock) {
    JsonObject json =
        new JsonObject()
            .put("state", lock.state().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    if (lock.state() == SnapshotLock.State.COMPLIANCE_COOLOFF) {
      json.put("coolOffPeriodExpiresOn", lock.coolOffUntil().toString());
    }
    return json.put("lockExpiresOn", lock.until().toString());
  }

  /// How far something is that moves a volume's bytes.
  static JsonObject transfer(Progress progress) {
    JsonObject json = new JsonObject();
    json.put("percent", progress.percent());
    json.put("movedBytes", progress.readBytes());
    json.put("bytesPerSecond", progress.bytesPerSecond());
    progress.remaining().ifPresent(left -> json.put("remainingSeconds", left.toSeconds()));
    return json;
  }
}
