package dev.quarry.node;

/// The body of a request to change a volume.
///
/// @param sizeBytes the new size; must be there
record ModifyVolume(Long sizeBytes) {
  ModifyVolume {
    if (sizeBytes == null) {
      throw new ApiException(
          400, "MissingParameter", "The request must contain the parameter sizeBytes");
    }
  }
}
