package dev.quarry.snapshot;

import java.util.Map;

/// Frames of one pack as they were got from the store, still sealed.
///
/// @param bytes a part of the pack, or of the object that it was moved to
/// @param offsets where in `bytes` each begins, by its number
record StoredFrames(byte[] bytes, Map<Integer, Integer> offsets) {
  int offsetOf(FrameRef ref) {
    return offsets.get(ref.frame().number());
  }
}
