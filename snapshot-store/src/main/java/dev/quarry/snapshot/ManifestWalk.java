package dev.quarry.snapshot;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Walks over the leaves of a tree, or over the differences of two, in the order of the volume and
/// with a page of each level in memory.
final class ManifestWalk {
  /// So many slots of a page are looked at together for what to get.
  private static final int LOAD_SLOTS = 16;

  /// The most leaves that are got ahead, of the 8192 that can differ below so many slots: some 8
  /// MiB.
  private static final int MAX_LOADED = 2048;

  private final ManifestReader reader;

  ManifestWalk(ManifestReader reader) {
    this.reader = reader;
  }

  /// Visits every leaf that is there.
  void leaves(Optional<PageRef> top, Consumer<LeafPage> visitor) {
    top.ifPresent(ref -> {
      if (ref.level() == 0) {
        visitor.accept(reader.leaf(ref));
      } else {
        under(reader.inner(ref), visitor);
      }
    });
  }

  private void under(InnerPage page, Consumer<LeafPage> visitor) {
    for (int slot = 0; slot < ManifestLayout.FANOUT; slot++) {
      if (page.children().get(slot).isEmpty()) {
        continue;
      }
      if (page.level() == 1) {
        visitor.accept(reader.leaf(page, slot));
      } else {
        under(reader.inner(page, slot), visitor);
      }
    }
  }

  /// Told of a chunk that two trees do not say the same of.
  @FunctionalInterface
  interface Difference {
    /// @return whether to go on
    boolean at(long chunk, ChunkEntry before, ChunkEntry after);
  }

  /// Visits the chunks, from one on, of which two trees do not say the same. Pages that are one in
  /// both are passed over unread.
  void differences(
      long from, Optional<PageRef> before, Optional<PageRef> after, Difference visitor) {
    int level = Math.max(before.map(PageRef::level).orElse(0), after.map(PageRef::level).orElse(0));
    differences(from, level, 0, before, after, visitor);
  }

  private boolean differences(
      long from,
      int level,
      long index,
      Optional<PageRef> before,
      Optional<PageRef> after,
      Difference visitor) {
    if (!new Pair(before, after).differs()
        || ManifestLayout.firstLeaf(index + 1, level + 1) <= from) {
      return true;
    }
    if (level == 0) {
      return compare(from, index, leafOf(index, before), leafOf(index, after), visitor);
    }
    Optional<InnerPage> pageBefore = innerOf(level, before);
    Optional<InnerPage> pageAfter = innerOf(level, after);
    long first = index * ManifestLayout.FANOUT;
    for (int slot = 0; slot < ManifestLayout.FANOUT; slot++) {
      boolean behind = ManifestLayout.firstLeaf(first + slot + 1, level) > from;
      if (slot % LOAD_SLOTS == 0
          && ManifestLayout.firstLeaf(first + slot + LOAD_SLOTS, level) > from) {
        load(level, slot, before, after, pageBefore, pageAfter);
      }
      if (behind
          && !differences(
              from,
              level - 1,
              first + slot,
              child(level, slot, before, pageBefore),
              child(level, slot, after, pageAfter),
              visitor)) {
        return false;
      }
    }
    return true;
  }

  /// Gets the pages that differ below some slots, and if those are no leaves, the pages below those
  /// as well: few of many leaves that differ hang from one page, so that their page's loads alone
  /// would wait for the store once for each page.
  private void load(
      int level,
      int firstSlot,
      Optional<PageRef> before,
      Optional<PageRef> after,
      Optional<InnerPage> pageBefore,
      Optional<InnerPage> pageAfter) {
    List<Pair> pairs = new ArrayList<>();
    for (int slot = firstSlot; slot < firstSlot + LOAD_SLOTS; slot++) {
      Pair pair =
          new Pair(child(level, slot, before, pageBefore), child(level, slot, after, pageAfter));
      if (pair.differs()) {
        pairs.add(pair);
      }
    }
    reader.load(pairs.stream().flatMap(Pair::refs).toList());
    if (level == 2) {
      reader.load(
          pairs.stream().flatMap(this::below).flatMap(Pair::refs).limit(MAX_LOADED).toList());
    }
  }

  /// What two trees have in one place.
  private record Pair(Optional<PageRef> before, Optional<PageRef> after) {
    boolean differs() {
      return !before.map(PageRef::hash).equals(after.map(PageRef::hash));
    }

    Stream<PageRef> refs() {
      return Stream.concat(before.stream(), after.stream());
    }
  }

  /// The leaves that differ below pages of level 1.
  private Stream<Pair> below(Pair pages) {
    Optional<InnerPage> pageBefore = innerOf(1, pages.before);
    Optional<InnerPage> pageAfter = innerOf(1, pages.after);
    return IntStream.range(0, ManifestLayout.FANOUT)
        .mapToObj(slot ->
            new Pair(
                child(1, slot, pages.before, pageBefore), child(1, slot, pages.after, pageAfter)))
        .filter(Pair::differs);
  }

  /// What a tree has below a page of `level`. A tree that is lower than that hangs from slot 0.
  private static Optional<PageRef> child(
      int level, int slot, Optional<PageRef> ref, Optional<InnerPage> page) {
    if (page.isPresent()) {
      return page.get().children().get(slot);
    }
    return slot == 0 ? ref.filter(lower -> lower.level() < level) : Optional.empty();
  }

  private Optional<InnerPage> innerOf(int level, Optional<PageRef> ref) {
    return ref.filter(page -> page.level() == level).map(reader::inner);
  }

  private LeafPage leafOf(long index, Optional<PageRef> ref) {
    return ref.map(reader::leaf).orElseGet(() -> LeafPage.empty(index));
  }

  private static boolean compare(
      long from, long index, LeafPage before, LeafPage after, Difference visitor) {
    for (int slot = 0; slot < ManifestLayout.FANOUT; slot++) {
      long chunk = ManifestLayout.firstLeaf(index, 1) + slot;
      ChunkEntry was = before.entries().get(slot);
      ChunkEntry is = after.entries().get(slot);
      if (chunk >= from && !was.equals(is) && !visitor.at(chunk, was, is)) {
        return false;
      }
    }
    return true;
  }
}
