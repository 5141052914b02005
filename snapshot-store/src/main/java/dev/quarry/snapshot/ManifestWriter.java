package dev.quarry.snapshot;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// Writes a tree that shares with its parent's whatever did not change. Changed leaves come in
/// ascending order; one page of each level is in memory. One thread at a time.
final class ManifestWriter {
  /// Where pages go.
  @FunctionalInterface
  interface Sink {
    FrameRef write(FrameKind kind, int level, long index, byte[] page);
  }

  private final ManifestReader reader;
  private final Seals seals;
  private final Sink sink;
  private final int topLevel;

  /// Whether pages are written even if the parent has the same.
  private final boolean anew;

  private final SortedMap<PackRef, Long> manifestPacks;
  private final Open[] path; // by level; what is above the leaves that come
  private Optional<PageRef> top;
  private long lastLeaf = -1;

  /// A page that is being changed.
  private static final class Open {
    final long index;
    final List<Optional<PageRef>> children;
    final Optional<PageRef> original;
    boolean changed;

    Open(long index, List<Optional<PageRef>> children, Optional<PageRef> original) {
      this.index = index;
      this.children = new ArrayList<>(children);
      this.original = original;
    }
  }

  /// @param parent the top of the tree to start from
  /// @param parentPacks the packs that hold the parent's pages
  /// @param topLevel the height of the new tree, no less than the parent's
  /// @param anew whether to write all pages; then every leaf has to come
  ManifestWriter(
      ManifestReader reader,
      Seals seals,
      Sink sink,
      Optional<PageRef> parent,
      SortedMap<PackRef, Long> parentPacks,
      int topLevel,
      boolean anew) {
    this.reader = reader;
    this.seals = seals;
    this.sink = sink;
    this.topLevel = topLevel;
    this.anew = anew;
    this.top = parent;
    this.manifestPacks = SnapshotRoot.packMap();
    this.manifestPacks.putAll(parentPacks);
    this.path = new Open[topLevel + 1];
    parent.ifPresent(this::raise);
  }

  /// Puts a tree that is lower than the new one under pages of the missing levels.
  private void raise(PageRef lower) {
    if (lower.level() > topLevel) {
      throw new IllegalArgumentException("a tree does not shrink level=" + lower.level());
    }
    for (int level = lower.level() + 1; level <= topLevel; level++) {
      path[level] = new Open(0, noChildren(), Optional.empty());
      path[level].changed = true;
    }
    if (lower.level() < topLevel) {
      path[lower.level() + 1].children.set(0, Optional.of(lower));
    }
  }

  /// Replaces a leaf. Leaves come in ascending order.
  void put(LeafPage leaf) {
    if (leaf.index() <= lastLeaf) {
      throw new IllegalArgumentException("leaves out of order index=" + leaf.index());
    }
    lastLeaf = leaf.index();
    reach(leaf.index());
    place(0, leaf.index(), replace(leaf, there(0, leaf.index())));
  }

  /// Writes what is still open.
  ///
  /// @return the top of the new tree, absent if all chunks are holes
  Optional<PageRef> finish() {
    for (int level = 1; level <= topLevel; level++) {
      close(level);
    }
    manifestPacks.values().removeIf(live -> live <= 0);
    return top;
  }

  /// The packs that hold pages of the new tree, each with the length of those in bytes.
  SortedMap<PackRef, Long> manifestPacks() {
    return Collections.unmodifiableSortedMap(manifestPacks);
  }

  /// Opens the pages above a leaf and closes those that lie behind.
  private void reach(long leaf) {
    for (int level = 1; level <= topLevel; level++) {
      if (path[level] != null && path[level].index != ManifestLayout.pageOf(leaf, level)) {
        close(level);
      }
    }
    for (int level = topLevel; level >= 1; level--) {
      if (path[level] == null) {
        path[level] = open(level, ManifestLayout.pageOf(leaf, level));
      }
    }
  }

  private Open open(int level, long index) {
    Optional<PageRef> original = there(level, index);
    List<Optional<PageRef>> children =
        original.map(ref -> reader.inner(ref).children()).orElseGet(ManifestWriter::noChildren);
    return new Open(index, children, original);
  }

  private void close(int level) {
    Open open = path[level];
    if (open == null) {
      return;
    }
    path[level] = null;
    if (!open.changed && !anew) {
      return;
    }
    place(
        level, open.index, replace(new InnerPage(level, open.index, open.children), open.original));
  }

  /// What stands in a page's place, in the page above or at the top.
  private Optional<PageRef> there(int level, long index) {
    return level == topLevel ? top : path[level + 1].children.get(slot(index));
  }

  private void place(int level, long index, Optional<PageRef> ref) {
    if (level == topLevel) {
      top = ref;
    } else if (!there(level, index).equals(ref)) {
      path[level + 1].children.set(slot(index), ref);
      path[level + 1].changed = true;
    }
  }

  private static int slot(long index) {
    return (int) (index % ManifestLayout.FANOUT);
  }

  /// Writes a page unless it is what was there before, and keeps account of the packs.
  private Optional<PageRef> replace(Page page, Optional<PageRef> before) {
    if (page.isEmpty()) {
      before.ifPresent(ref -> count(ref.where(), -1));
      return Optional.empty();
    }
    byte[] bytes = page.encode();
    Bits128 hash = seals.pageHash(bytes);
    if (!anew && before.filter(ref -> ref.hash().equals(hash)).isPresent()) {
      return before;
    }
    before.ifPresent(ref -> count(ref.where(), -1));
    FrameRef where = sink.write(FrameKind.ofPage(page.level()), page.level(), page.index(), bytes);
    count(where, 1);
    return Optional.of(new PageRef(where, hash, page.dataChunkCount()));
  }

  private void count(FrameRef where, int sign) {
    manifestPacks.merge(where.pack(), (long) sign * where.frame().storedLength(), Long::sum);
  }

  private static List<Optional<PageRef>> noChildren() {
    return Collections.nCopies(ManifestLayout.FANOUT, Optional.empty());
  }
}
