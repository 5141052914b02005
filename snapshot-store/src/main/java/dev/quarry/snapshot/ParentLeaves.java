package dev.quarry.snapshot;

import java.util.Optional;

/// The leaves of a parent's tree, by index. Safe for use by many threads.
record ParentLeaves(ManifestReader reader, Optional<PageRef> top) {
  /// A leaf; one of holes if it is not there.
  LeafPage at(long index) {
    return reader.leaf(top, index).orElseGet(() -> LeafPage.empty(index));
  }

  /// The first leaf, at or after one, that is there; Long.MAX_VALUE if there is none.
  long next(long index) {
    return top.map(ref -> next(ref, index)).orElse(Long.MAX_VALUE);
  }

  private long next(PageRef ref, long index) {
    long last = ManifestLayout.firstLeaf(ref.index() + 1, ref.level()) - 1;
    if (index > last) {
      return Long.MAX_VALUE;
    }
    if (ref.level() == 0) {
      return ref.index();
    }
    for (Optional<PageRef> child : reader.inner(ref).children()) {
      long found = child.map(page -> next(page, index)).orElse(Long.MAX_VALUE);
      if (found != Long.MAX_VALUE) {
        return found;
      }
    }
    return Long.MAX_VALUE;
  }
}
