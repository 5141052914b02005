package dev.quarry.node;

import dev.quarry.volume.NewVolume;
import java.util.Map;
import java.util.Optional;

/// The body of a request to create a volume. What is absent is null, until [#toNewVolume] fills it.
///
/// @param sizeBytes the size; must be there
/// @param type the volume type
/// @param name a name of its own
/// @param tags tags
record CreateVolume(Long sizeBytes, String type, String name, Map<String, String> tags) {
  private static final String DEFAULT_TYPE = "gp3";

  CreateVolume {
    if (sizeBytes == null) {
      throw new ApiException(
          400, "MissingParameter", "The request must contain the parameter sizeBytes");
    }
    if (tags != null && tags.containsValue(null)) {
      throw ApiException.malformed("a tag has no value");
    }
  }

  NewVolume toNewVolume() {
    NewVolume volume =
        NewVolume.ofBytes(sizeBytes)
            .ofType(type == null ? DEFAULT_TYPE : type)
            .tagged(tags == null ? Map.of() : tags);
    return Optional.ofNullable(name).map(volume::named).orElse(volume);
  }
}
