package dev.quarry.node;

import dev.quarry.shaping.ModifyRequest;
import dev.quarry.shaping.VolumeParameterException;
import dev.quarry.shaping.VolumeType;
import dev.quarry.snapshot.SnapshotInfo;
import dev.quarry.volume.NewVolume;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Reads the bodies of requests about volumes, and puts in what the node's settings say where the
/// request is silent. Whether the values are allowed, the catalogue decides.
final class VolumeRequests {
  private static final String SIZE = "sizeBytes";
  private static final String TYPE = "type";
  private static final String IOPS = "iops";
  private static final String THROUGHPUT = "throughputMibps";
  private static final String NAME = "name";
  private static final String TAGS = "tags";
  private static final String ENCRYPTED = "encrypted";
  private static final String KMS_KEY_ID = "kmsKeyId";
  private static final String MULTI_ATTACH = "multiAttachEnabled";
  private static final long GIB = 1L << 30;

  private static final String SNAPSHOT = "snapshotId";
  private static final String INITIALIZATION_RATE = "volumeInitializationRate";

  private final VolumeEncryption encryption;
  private final NodeSnapshots snapshots;

  /// @param encryption decides about the keys of new volumes
  /// @param snapshots that volumes may be made from
  VolumeRequests(VolumeEncryption encryption, NodeSnapshots snapshots) {
    this.encryption = encryption;
    this.snapshots = snapshots;
  }

  /// The volume that a request to create one asks for.
  NewVolume create(byte[] body) {
    Parameters parameters =
        Parameters.of(
            body,
            List.of(
                SIZE,
                TYPE,
                IOPS,
                THROUGHPUT,
                NAME,
                TAGS,
                ENCRYPTED,
                KMS_KEY_ID,
                SNAPSHOT,
                INITIALIZATION_RATE,
                MULTI_ATTACH));
    OptionalInt rate = parameters.smallNumber(INITIALIZATION_RATE);
    Optional<SnapshotInfo> snapshot = parameters.text(SNAPSHOT).map(snapshots::completed);
    if (snapshot.isEmpty() && rate.isPresent()) {
      throw new ApiException(
          400,
          "InvalidParameterDependency",
          "the parameter VolumeInitializationRate needs the parameter SnapshotId");
    }
    Optional<VolumeEncryption.Choice> choice =
        encryption.choose(
            snapshot.filter(SnapshotInfo::encrypted).flatMap(SnapshotAttributes::keyArn),
            parameters.truth(ENCRYPTED),
            parameters.text(KMS_KEY_ID));
    NewVolume plain = NewVolume.ofBytes(size(parameters, snapshot));
    return new NewVolume(
        plain.sizeBytes(),
        parameters.text(TYPE).orElse(plain.type()),
        parameters.smallNumber(IOPS),
        parameters.smallNumber(THROUGHPUT),
        parameters.text(NAME),
        parameters.texts(TAGS),
        choice.map(VolumeEncryption.Choice::keyArn),
        snapshot.map(from ->
            new NewVolume.Source(
                from.id().text(),
                choice.filter(VolumeEncryption.Choice::keepsDataKey).isPresent(),
                rate)),
        parameters.truth(MULTI_ATTACH).orElse(false));
  }

  /// The size asked for, or that of the snapshot, in whole GiB.
  private static long size(Parameters parameters, Optional<SnapshotInfo> snapshot) {
    if (snapshot.isEmpty()) {
      return parameters.requiredNumber(SIZE);
    }
    long least = Math.ceilDiv(snapshot.get().volumeSizeBytes(), GIB) * GIB;
    long size = parameters.number(SIZE).orElse(least);
    if (size < least) {
      throw invalid(
          "The volume size is invalid: %d bytes is less than the snapshot %s has; at least %dGiB."
              .formatted(size, snapshot.get().id(), least / GIB));
    }
    return size;
  }

  /// What a request to modify a volume asks for.
  static ModifyRequest modify(byte[] body) {
    Parameters parameters =
        Parameters.of(body, List.of(SIZE, TYPE, IOPS, THROUGHPUT, MULTI_ATTACH));
    return new ModifyRequest(
        gib(parameters.number(SIZE)),
        parameters.text(TYPE).map(VolumeRequests::type),
        parameters.smallNumber(IOPS),
        parameters.smallNumber(THROUGHPUT),
        parameters.truth(MULTI_ATTACH));
  }

  private static OptionalInt gib(Optional<Long> bytes) {
    if (bytes.isEmpty()) {
      return OptionalInt.empty();
    }
    long size = bytes.get();
    if (size % GIB != 0 || size / GIB > Integer.MAX_VALUE) {
      throw invalid("The volume size is invalid: %d bytes. It must be whole GiB.".formatted(size));
    }
    return OptionalInt.of((int) (size / GIB));
  }

  private static VolumeType type(String name) {
    try {
      return VolumeType.parse(name);
    } catch (VolumeParameterException e) {
      throw new ApiException(400, e.code(), e.getMessage());
    }
  }

  private static ApiException invalid(String message) {
    return new ApiException(400, "InvalidParameterValue", message);
  }
}
