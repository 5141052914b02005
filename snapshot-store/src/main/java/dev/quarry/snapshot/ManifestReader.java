package dev.quarry.snapshot;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/// Reads the pages of manifest trees and verifies each against the hash by which it is referred to.
///
/// Pages are written in the order of the volume, so a page that is not cached is got together with
/// those behind it. Safe for use by many threads.
final class ManifestReader {
  /// How much is got at a time, in bytes: some eighty leaves.
  static final int READ_AHEAD_BYTES = 256 * 1024;

  private static final int MAX_GAP_BYTES = 4096;

  /// How many requests load pages side by side.
  private static final int LOADS = 16;

  private final FrameFetcher fetcher;
  private final PageCache cache;

  ManifestReader(FrameFetcher fetcher, PageCache cache) {
    this.fetcher = fetcher;
    this.cache = cache;
  }

  /// The page itself, without those behind it.
  InnerPage inner(PageRef ref) {
    return (InnerPage) page(ref, () -> List.of(ref));
  }

  /// The leaf itself, without those behind it.
  LeafPage leaf(PageRef ref) {
    return (LeafPage) page(ref, () -> List.of(ref));
  }

  /// The page at a slot of an inner page, got together with those behind it.
  InnerPage inner(InnerPage above, int slot) {
    return (InnerPage) page(above.children().get(slot).orElseThrow(), () -> ahead(above, slot));
  }

  /// The leaf at a slot of an inner page, got together with those behind it.
  LeafPage leaf(InnerPage above, int slot) {
    return (LeafPage) page(above.children().get(slot).orElseThrow(), () -> ahead(above, slot));
  }

  /// The leaf with this index in the tree under `top`; nothing if its chunks are holes.
  Optional<LeafPage> leaf(Optional<PageRef> top, long index) {
    if (top.isEmpty() || ManifestLayout.pageOf(index, top.get().level()) != 0) {
      return Optional.empty();
    }
    PageRef ref = top.get();
    if (ref.level() == 0) {
      return Optional.of(leaf(ref));
    }
    InnerPage page = inner(ref);
    for (int level = ref.level(); level > 1; level--) {
      int slot = ManifestLayout.slotOf(index, level);
      if (page.children().get(slot).isEmpty()) {
        return Optional.empty();
      }
      page = inner(page, slot);
    }
    int slot = ManifestLayout.slotOf(index, 1);
    return page.children().get(slot).isEmpty() ? Optional.empty() : Optional.of(leaf(page, slot));
  }

  /// Gets pages that will be asked for soon, those that lie near each other with one request and
  /// the requests side by side. They stay as long as the cache keeps them.
  void load(List<PageRef> wanted) {
    Map<FrameRef, PageRef> missing = new HashMap<>();
    for (PageRef ref : wanted) {
      if (cache.encoded(fetcher.seals(), ref.hash()).isEmpty()) {
        missing.put(ref.where(), ref);
      }
    }
    List<FutureTask<byte[]>> gets =
        FrameRuns.of(List.copyOf(missing.keySet()), MAX_GAP_BYTES, READ_AHEAD_BYTES).stream()
            .map(run -> run.stream().map(missing::get).toList())
            .map(run -> new FutureTask<>(() -> fetch(run)))
            .toList();
    for (int i = 0; i < gets.size(); i += LOADS) {
      List<FutureTask<byte[]>> together = gets.subList(i, Math.min(i + LOADS, gets.size()));
      together.forEach(get -> Thread.ofVirtual().name("page-load").start(get));
      Futures.results(together);
    }
  }

  /// The page at a place of the tree under `top`, by what is above it; nothing if there is none.
  Optional<PageRef> page(Optional<PageRef> top, int level, long index) {
    Optional<PageRef> ref = top.filter(page -> page.level() >= level);
    while (ref.isPresent() && ref.get().level() > level) {
      int height = ref.get().level();
      long at = index >>> ManifestLayout.FANOUT_BITS * (height - 1 - level);
      if (at >>> ManifestLayout.FANOUT_BITS != ref.get().index()) {
        return Optional.empty();
      }
      ref = inner(ref.get()).children().get((int) (at & (ManifestLayout.FANOUT - 1)));
    }
    return ref.filter(page -> page.index() == index);
  }

  /// A page of the level and at the place that the reference says.
  ///
  /// @param wanted what to get if it is not cached; the page first
  private Page page(PageRef ref, Supplier<List<PageRef>> wanted) {
    Optional<Page> known = cache.decoded(fetcher.seals(), ref.hash());
    if (known.isPresent()) {
      if (known.get().level() != ref.level() || known.get().index() != ref.index()) {
        throw new SnapshotException.Corrupt(objectName(ref), "another page lies here");
      }
      return known.get();
    }
    byte[] bytes = cache.encoded(fetcher.seals(), ref.hash()).orElseGet(() -> fetch(wanted.get()));
    Page page =
        ref.level() == 0
            ? LeafPage.decode(objectName(ref), ref.index(), bytes)
            : InnerPage.decode(objectName(ref), ref.level(), ref.index(), bytes);
    cache.put(fetcher.seals(), ref.hash(), page);
    return page;
  }

  private byte[] fetch(List<PageRef> wanted) {
    List<byte[]> pages = fetcher.fetchRun(wanted.stream().map(PageRef::where).toList());
    for (int i = 0; i < pages.size(); i++) {
      byte[] page = pages.get(i);
      if (!fetcher.seals().pageHash(page).equals(wanted.get(i).hash())) {
        throw new SnapshotException.Corrupt(
            objectName(wanted.get(i)), "page is not the one that is referred to");
      }
      cache.put(fetcher.seals(), wanted.get(i).hash(), page);
    }
    return pages.getFirst();
  }

  /// The page at a slot and those that lie behind it in the pack.
  private List<PageRef> ahead(InnerPage above, int slot) {
    List<PageRef> run = new ArrayList<>();
    PageRef first = above.children().get(slot).orElseThrow();
    run.add(first);
    int end = first.where().frame().end();
    for (int i = slot + 1; i < ManifestLayout.FANOUT; i++) {
      Optional<PageRef> next = above.children().get(i);
      if (next.isEmpty()) {
        continue;
      }
      Frame frame = next.get().where().frame();
      boolean near =
          next.get().where().pack().equals(first.where().pack())
              && frame.offset() >= end
              && frame.offset() - end <= MAX_GAP_BYTES
              && frame.end() - first.where().frame().offset() <= READ_AHEAD_BYTES;
      if (!near) {
        break;
      }
      run.add(next.get());
      end = frame.end();
    }
    return run;
  }

  private static String objectName(PageRef ref) {
    return ref.where().pack().stored().objectName();
  }
}
