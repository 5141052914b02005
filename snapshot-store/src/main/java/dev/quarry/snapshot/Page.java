package dev.quarry.snapshot;

/// A page of a manifest tree, decoded.
sealed interface Page permits LeafPage, InnerPage {
  /// What a reference to a frame takes, about, with what it refers to and what refers to it.
  int REFERENCE_BYTES = 128;

  /// Its place among the pages of its level.
  long index();

  /// Its height above the leaves.
  int level();

  /// Whether there is nothing to keep: all chunks under it are holes.
  boolean isEmpty();

  /// How many chunks under it have data.
  long dataChunkCount();

  /// Its bytes, before sealing.
  byte[] encode();

  /// How much memory it takes, about, in bytes.
  long memoryBytes();
}
