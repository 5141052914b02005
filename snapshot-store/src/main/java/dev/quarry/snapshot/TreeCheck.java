package dev.quarry.snapshot;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Reads every page of the trees of a lineage once and goes on where one is damaged. One thread at
/// a time.
///
/// What is kept of a tree of 16 TiB are 131,584 hashes, some 10 MiB.
final class TreeCheck {
  private final ManifestReader reader;
  private final Consumer<FrameRef> frames;
  private final StopFlag stop;
  private final Set<Bits128> seen = new HashSet<>();
  private final Map<PageRef, String> broken = new LinkedHashMap<>();

  /// @param frames is told of every frame that is needed, pages too, perhaps more than once
  TreeCheck(ManifestReader reader, Consumer<FrameRef> frames, StopFlag stop) {
    this.reader = reader;
    this.frames = frames;
    this.stop = stop;
  }

  /// Pages that cannot be read, and why.
  Map<PageRef, String> broken() {
    return broken;
  }

  void run(SnapshotRoot root) {
    root.heat().forEach(frames);
    root.trace().ifPresent(frames);
    root.top().ifPresent(ref -> visit(ref, Optional.empty(), 0));
  }

  private void visit(PageRef ref, Optional<InnerPage> above, int slot) {
    if (!seen.add(ref.hash())) {
      return;
    }
    stop.check();
    frames.accept(ref.where());
    page(ref, above, slot)
        .ifPresent(page -> {
          switch (page) {
            case LeafPage leaf -> leaf.entries().forEach(entry -> entry.frames().forEach(frames));
            case InnerPage inner -> below(inner);
          }
        });
  }

  private void below(InnerPage inner) {
    List<Optional<PageRef>> children = inner.children();
    for (int slot = 0; slot < children.size(); slot++) {
      int at = slot;
      children.get(slot).ifPresent(child -> visit(child, Optional.of(inner), at));
    }
  }

  /// With those behind it, or by itself if that does not work: one that is damaged hides no other.
  private Optional<Page> page(PageRef ref, Optional<InnerPage> above, int slot) {
    if (above.isPresent()) {
      try {
        return Optional.of(
            ref.level() == 0 ? reader.leaf(above.get(), slot) : reader.inner(above.get(), slot));
      } catch (SnapshotException.Corrupt e) {
        // One of them.
      }
    }
    try {
      return Optional.of(ref.level() == 0 ? reader.leaf(ref) : reader.inner(ref));
    } catch (SnapshotException.Corrupt e) {
      broken.put(ref, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }
}
