package dev.quarry.volume;

/// What a volume began as.
public sealed interface Origin {
  /// Zeros.
  record Empty() implements Origin {}

  /// A snapshot, of which some is not on the local disk.
  ///
  /// @param source where it comes from; the device closes it
  record Cold(ChunkSource source) implements Origin {}

  /// A snapshot that is wholly on the local disk.
  record Hydrated() implements Origin {}
}
