package dev.quarry.snapshot;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// The packs that trees refer to, and which of their frames. Some hundred bytes for each pack: 16
/// TiB of data take some 100 MiB. One thread at a time.
final class NeededPacks {
  /// What is needed of a pack.
  static final class Needed {
    private final BitSet numbers = new BitSet();
    private long sum;
    private int end;

    private void add(Frame frame) {
      if (!numbers.get(frame.number())) {
        numbers.set(frame.number());
        sum += identity(frame);
        end = Math.max(end, frame.end());
      }
    }

    /// Where the last of the frames ends, if the pack lies where its name says.
    int end() {
      return end;
    }

    /// Whether a directory has all the frames, as trees know them.
    boolean isIn(List<Frame> directory) {
      long found = 0;
      int count = 0;
      for (Frame frame : directory) {
        if (numbers.get(frame.number())) {
          found += identity(frame);
          count++;
        }
      }
      return count == numbers.cardinality() && found == sum;
    }

    /// Of all that a frame is, apart from where it lies.
    private static long identity(Frame frame) {
      long hash = frame.number();
      for (long part :
          new long[] {
            frame.kind().code(),
            frame.compressed() ? 1 : 0,
            frame.level(),
            frame.position(),
            frame.storedLength(),
            frame.plainLength()
          }) {
        hash = (hash ^ part) * 0x9e3779b97f4a7c15L; // Fibonacci hashing (Knuth, TAOCP 3, 6.4)
        hash ^= hash >>> 32;
      }
      return hash;
    }
  }

  private final Map<PackRef, Needed> packs = new HashMap<>();

  void add(FrameRef ref) {
    packs.computeIfAbsent(ref.pack(), _ -> new Needed()).add(ref.frame());
  }

  Needed of(PackRef pack) {
    return packs.get(pack);
  }

  int size() {
    return packs.size();
  }

  /// By the folders that they lie in, so that each is listed once.
  Map<String, List<PackRef>> byFolder() {
    Map<String, List<PackRef>> folders = new HashMap<>();
    for (PackRef pack : packs.keySet()) {
      PackId stored = pack.stored();
      folders
          .computeIfAbsent(
              ObjectNames.snapshot(stored.volume(), stored.seq()), _ -> new ArrayList<>())
          .add(pack);
    }
    return folders;
  }

  /// In an order that is drawn.
  List<PackRef> shuffled(RandomGenerator random) {
    List<PackRef> all = new ArrayList<>(packs.keySet());
    for (int i = all.size() - 1; i > 0; i--) {
      Collections.swap(all, i, random.nextInt(i + 1));
    }
    return all;
  }
}
