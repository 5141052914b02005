package dev.quarry.node;

import dev.quarry.volume.NewVolume;
import java.util.List;

/// Reads the bodies of requests about volumes. Whether their values are allowed, the catalogue
/// decides.
final class VolumeRequests {
  private static final String SIZE = "sizeBytes";
  private static final String TYPE = "type";
  private static final String NAME = "name";
  private static final String TAGS = "tags";

  private VolumeRequests() {}

  /// The volume that a request to create one asks for.
  static NewVolume create(byte[] body) {
    Parameters parameters = Parameters.of(body, List.of(SIZE, TYPE, NAME, TAGS));
    NewVolume volume =
        NewVolume.ofBytes(parameters.requiredNumber(SIZE)).tagged(parameters.texts(TAGS));
    volume = parameters.text(TYPE).map(volume::ofType).orElse(volume);
    return parameters.text(NAME).map(volume::named).orElse(volume);
  }

  /// The size in bytes that a request to modify a volume asks for.
  static long modify(byte[] body) {
    return Parameters.of(body, List.of(SIZE)).requiredNumber(SIZE);
  }
}
