package dev.quarry.snapshot;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The needed snapshots that may hold frames of some packs, and whether they do.
///
/// Safe for use by many threads.
final class Keepers {
  private final ManifestReader reader;
  private final List<SnapshotRoot> roots;

  Keepers(ManifestReader reader, List<SnapshotRoot> roots) {
    this.reader = reader;
    this.roots = List.copyOf(roots);
  }

  boolean none() {
    return roots.isEmpty();
  }

  /// Whether a needed snapshot has pages in the pack. Those that have say so in their roots.
  boolean hasPagesIn(PackRef pack) {
    return roots.stream().anyMatch(root -> root.manifestPacks().containsKey(pack));
  }

  /// The frames of a pack that a needed snapshot holds.
  List<Frame> held(PackRef pack, List<Frame> frames) {
    if (none()) {
      return List.of();
    }
    boolean pages = hasPagesIn(pack);
    List<Frame> held = new ArrayList<>();
    for (Frame frame : frames) {
      boolean mayBe = !frame.kind().isPage() || pages;
      if (mayBe && roots.stream().anyMatch(root -> holds(root, pack, frame))) {
        held.add(frame);
      }
    }
    return held;
  }

  private boolean holds(SnapshotRoot root, PackRef pack, Frame frame) {
    return switch (frame.kind()) {
      case FULL, DELTA ->
          reader
              .leaf(root.top(), ManifestLayout.leafOf(frame.position()))
              .filter(leaf ->
                  leaf.entry(frame.position()).frames().stream()
                      .anyMatch(ref -> is(ref, pack, frame)))
              .isPresent();
      case LEAF, INNER ->
          reader
              .page(root.top(), frame.level(), frame.position())
              .filter(ref -> is(ref.where(), pack, frame))
              .isPresent();
      case HEAT -> root.heat().stream().anyMatch(ref -> is(ref, pack, frame));
      case TRACE -> isAt(root.trace(), pack, frame);
    };
  }

  private static boolean isAt(Optional<FrameRef> ref, PackRef pack, Frame frame) {
    return ref.filter(there -> is(there, pack, frame)).isPresent();
  }

  private static boolean is(FrameRef ref, PackRef pack, Frame frame) {
    return ref.frame().number() == frame.number() && ref.pack().equals(pack);
  }
}
