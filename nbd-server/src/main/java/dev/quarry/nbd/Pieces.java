package dev.quarry.nbd;

import java.util.Arrays;

/// The parts of a buffer that make up a reply, in the order in which they are sent.
final class Pieces {
  private long[] bounds = new long[2]; // from, to, from, to ...
  private int count;

  void clear() {
    count = 0;
  }

  void add(long from, long to) {
    assert from < to;
    if (bounds.length == 2 * count) {
      bounds = Arrays.copyOf(bounds, 4 * count);
    }
    bounds[2 * count] = from;
    bounds[2 * count + 1] = to;
    count++;
  }

  int count() {
    return count;
  }

  long from(int index) {
    return bounds[2 * index];
  }

  /// Where a piece ends, exclusive.
  long to(int index) {
    return bounds[2 * index + 1];
  }

  /// The bytes of all pieces together.
  long bytes() {
    long bytes = 0;
    for (int i = 0; i < count; i++) {
      bytes += to(i) - from(i);
    }
    return bytes;
  }
}
