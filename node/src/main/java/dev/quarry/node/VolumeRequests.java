package dev.quarry.node;

import dev.quarry.shaping.ModifyRequest;
import dev.quarry.shaping.VolumeParameterException;
import dev.quarry.shaping.VolumeType;
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
  private static final long GIB = 1L << 30;

  private final VolumeEncryption encryption;

  /// @param encryption decides about the keys of new volumes
  VolumeRequests(VolumeEncryption encryption) {
    this.encryption = encryption;
  }

  /// The volume that a request to create one asks for.
  NewVolume create(byte[] body) {
    Parameters parameters =
        Parameters.of(
            body, List.of(SIZE, TYPE, IOPS, THROUGHPUT, NAME, TAGS, ENCRYPTED, KMS_KEY_ID));
    NewVolume plain = NewVolume.ofBytes(parameters.requiredNumber(SIZE));
    return new NewVolume(
        plain.sizeBytes(),
        parameters.text(TYPE).orElse(plain.type()),
        parameters.smallNumber(IOPS),
        parameters.smallNumber(THROUGHPUT),
        parameters.text(NAME),
        parameters.texts(TAGS),
        encryption.keyFor(parameters.truth(ENCRYPTED), parameters.text(KMS_KEY_ID)));
  }

  /// What a request to modify a volume asks for.
  static ModifyRequest modify(byte[] body) {
    Parameters parameters = Parameters.of(body, List.of(SIZE, TYPE, IOPS, THROUGHPUT));
    return new ModifyRequest(
        gib(parameters.number(SIZE)),
        parameters.text(TYPE).map(VolumeRequests::type),
        parameters.smallNumber(IOPS),
        parameters.smallNumber(THROUGHPUT),
        Optional.empty());
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
