package dev.quarry.snapshot;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Groups frames into runs worth one request each. Pure.
final class FrameRuns {
  private FrameRuns() {}

  /// Frames of one pack in ascending order, with no more than `maxGap` bytes between two of them
  /// and no more than `maxBytes` in all (a single frame may have more).
  static List<List<FrameRef>> of(List<FrameRef> frames, int maxGap, int maxBytes) {
    Map<PackRef, List<FrameRef>> byPack = new HashMap<>();
    List<List<FrameRef>> packs = new ArrayList<>();
    for (FrameRef ref : frames) {
      byPack
          .computeIfAbsent(
              ref.pack(),
              _ -> {
                List<FrameRef> fresh = new ArrayList<>();
                packs.add(fresh);
                return fresh;
              })
          .add(ref);
    }
    List<List<FrameRef>> runs = new ArrayList<>();
    for (List<FrameRef> pack : packs) {
      pack.sort(Comparator.comparingInt(ref -> ref.frame().offset()));
      split(pack, maxGap, maxBytes, runs);
    }
    return runs;
  }

  private static void split(
      List<FrameRef> pack, int maxGap, int maxBytes, List<List<FrameRef>> runs) {
    int first = 0;
    for (int i = 1; i <= pack.size(); i++) {
      if (i == pack.size()
          || pack.get(i).frame().offset() - pack.get(i - 1).frame().end() > maxGap
          || pack.get(i).frame().end() - pack.get(first).frame().offset() > maxBytes) {
        runs.add(List.copyOf(pack.subList(first, i)));
        first = i;
      }
    }
  }
}
