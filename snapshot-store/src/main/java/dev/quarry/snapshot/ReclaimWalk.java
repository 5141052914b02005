package dev.quarry.snapshot;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/// Walks over the trees of snapshots that nobody needs, beside those of the ones next to them, and
/// tells which packs of chunks have frames that no needed snapshot has.
///
/// What is one page in both is passed over unread, so the cost is that of the difference. A page of
/// a dead snapshot that is gone was removed by an earlier collection, which does so only when it
/// was done with all packs that the page leads to; a page of a needed one that is gone is an error.
///
/// Memory is that of a page of each level and tree, and of the hashes of the pages that one tree
/// has by itself. One thread at a time.
final class ReclaimWalk {
  private final ManifestReader reader;
  private final UUID volume;
  private final List<Spot> keepers;
  private Set<Bits128> seenBefore = new HashSet<>();
  private Set<Bits128> seen = new HashSet<>();

  /// @param volume the lineage whose packs are of interest
  /// @param keepers the needed snapshots
  ReclaimWalk(ManifestReader reader, UUID volume, List<SnapshotRoot> keepers) {
    this.reader = reader;
    this.volume = volume;
    this.keepers =
        keepers.stream().flatMap(root -> root.top().stream()).map(Spot::top).distinct().toList();
  }

  /// A page and how it was come by: from the page above it, those behind it are got as well.
  private record Spot(PageRef ref, Optional<InnerPage> above) {
    static Spot top(PageRef ref) {
      return new Spot(ref, Optional.empty());
    }

    int slot() {
      return (int) (ref.index() % ManifestLayout.FANOUT);
    }

    InnerPage inner(ManifestReader reader) {
      return above.map(page -> reader.inner(page, slot())).orElseGet(() -> reader.inner(ref));
    }

    LeafPage leaf(ManifestReader reader) {
      return above.map(page -> reader.leaf(page, slot())).orElseGet(() -> reader.leaf(ref));
    }
  }

  /// Tells of the packs of a snapshot, some of them more than once.
  void of(SnapshotRoot dead, Consumer<PackRef> loosened) {
    if (dead.top().isEmpty()) {
      return;
    }
    PageRef top = dead.top().get();
    seenBefore = seen;
    seen = new HashSet<>();
    int level =
        Math.max(top.level(), keepers.stream().mapToInt(k -> k.ref().level()).max().orElse(0));
    walk(level, Spot.top(top), keepers, loosened);
  }

  private void walk(int level, Spot dead, List<Spot> kept, Consumer<PackRef> loosened) {
    if (dead.ref().level() < level) { // a lower tree hangs from slot 0
      walk(level - 1, dead, under(level, 0, kept, pages(level, kept)), loosened);
      return;
    }
    Bits128 hash = dead.ref().hash();
    boolean foreign = !dead.ref().where().pack().stored().volume().equals(volume);
    if (foreign || kept.stream().anyMatch(spot -> spot.ref().hash().equals(hash))) {
      return; // a page of another lineage knows no packs of this one
    }
    if (seenBefore.contains(hash)) {
      seen.add(hash);
      return;
    }
    if (level == 0) {
      Optional<LeafPage> leaf = present(() -> dead.leaf(reader));
      leaf.ifPresent(there -> {
        seen.add(hash);
        compare(there, kept, loosened);
      });
      return;
    }
    Optional<InnerPage> page = present(() -> dead.inner(reader));
    if (page.isEmpty()) {
      return;
    }
    seen.add(hash);
    List<InnerPage> pages = pages(level, kept);
    for (int slot = 0; slot < ManifestLayout.FANOUT; slot++) {
      Optional<PageRef> child = page.get().children().get(slot);
      if (child.isPresent()) {
        walk(level - 1, new Spot(child.get(), page), under(level, slot, kept, pages), loosened);
      }
    }
  }

  /// The pages of needed trees at a level; lower ones have none there.
  private List<InnerPage> pages(int level, List<Spot> kept) {
    return kept.stream()
        .filter(spot -> spot.ref().level() == level)
        .map(spot -> spot.inner(reader))
        .toList();
  }

  /// What needed trees have at a slot, each page once.
  private static List<Spot> under(int level, int slot, List<Spot> kept, List<InnerPage> pages) {
    List<Spot> found = new ArrayList<>();
    Set<Bits128> hashes = new HashSet<>();
    for (InnerPage page : pages) {
      page.children()
          .get(slot)
          .filter(ref -> hashes.add(ref.hash()))
          .ifPresent(ref -> found.add(new Spot(ref, Optional.of(page))));
    }
    if (slot == 0) {
      kept.stream().filter(spot -> spot.ref().level() < level).forEach(found::add);
    }
    return found;
  }

  private void compare(LeafPage dead, List<Spot> kept, Consumer<PackRef> loosened) {
    List<LeafPage> leaves = kept.stream().map(spot -> spot.leaf(reader)).toList();
    for (int slot = 0; slot < ManifestLayout.FANOUT; slot++) {
      for (FrameRef frame : dead.entries().get(slot).frames()) {
        if (frame.pack().stored().volume().equals(volume) && !holds(leaves, slot, frame)) {
          loosened.accept(frame.pack());
        }
      }
    }
  }

  private static boolean holds(List<LeafPage> leaves, int slot, FrameRef frame) {
    for (LeafPage leaf : leaves) {
      if (leaf.entries().get(slot).frames().contains(frame)) {
        return true;
      }
    }
    return false;
  }

  private interface Read<T> {
    T run();
  }

  private static <T> Optional<T> present(Read<T> read) {
    try {
      return Optional.of(read.run());
    } catch (SnapshotException.Corrupt e) {
      if (e.isMissing()) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
