package dev.quarry.node;

import dev.quarry.snapshot.SnapshotInfo;
import dev.quarry.volume.VolumeRecord;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What a snapshot keeps of its volume for those who make one of it: by these names, in its root.
final class SnapshotAttributes {
  private static final String KEY = "kmsKeyId";
  private static final String TYPE = "volumeType";
  private static final String NAME = "volumeName";

  private SnapshotAttributes() {}

  static Map<String, String> of(VolumeRecord volume) {
    Map<String, String> attributes = new HashMap<>();
    attributes.put(TYPE, volume.type().apiName());
    volume.name().ifPresent(name -> attributes.put(NAME, name));
    volume.encryption().ifPresent(encryption -> attributes.putAll(ofKey(encryption.keyArn())));
    return attributes;
  }

  /// Of contents that had no volume, encrypted under a customer key.
  static Map<String, String> ofKey(String keyArn) {
    return Map.of(KEY, keyArn);
  }

  /// The customer key that it is encrypted under, if it is.
  static Optional<String> keyArn(SnapshotInfo snapshot) {
    return Optional.ofNullable(snapshot.attributes().get(KEY));
  }

  /// The name that its volume had.
  static Optional<String> volumeName(SnapshotInfo snapshot) {
    return Optional.ofNullable(snapshot.attributes().get(NAME));
  }
}
