package dev.quarry.snapshot;

/// A page of a manifest tree, as the page above it or the root knows it.
///
/// @param where the frame that holds it
/// @param hash of its contents: two pages with one hash are one
/// @param dataChunkCount how many chunks under it have data
record PageRef(FrameRef where, Bits128 hash, long dataChunkCount) {
  int level() {
    return where.frame().level();
  }

  long index() {
    return where.frame().position();
  }
}
