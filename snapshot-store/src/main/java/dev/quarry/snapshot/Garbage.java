package dev.quarry.snapshot;

import dev.quarry.objects.ObjectStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What a group of snapshots that nobody needs leaves behind. What is garbage once is so for ever
/// (invariant S6), so that this can be acted upon however old it is, by several at a time, and
/// again.
///
/// @param chunkPacks objects with frames of chunks, all of them dead
/// @param pagePacks objects that hold pages or hints of snapshots that go, all of them dead
/// @param roots roots of the snapshots that go
/// @param pointers what their names lead to
/// @param loose packs that are needed in part
record Garbage(
    List<ObjectStore.Entry> chunkPacks,
    List<ObjectStore.Entry> pagePacks,
    List<ObjectStore.Entry> roots,
    List<ObjectStore.Entry> pointers,
    List<LoosePack> loose) {
  static final Garbage NONE = new Garbage(List.of(), List.of(), List.of(), List.of(), List.of());

  Garbage {
    chunkPacks = List.copyOf(chunkPacks);
    pagePacks = List.copyOf(pagePacks);
    roots = List.copyOf(roots);
    pointers = List.copyOf(pointers);
    loose = List.copyOf(loose);
  }

  /// A pack with dead frames among others.
  ///
  /// @param kept the frames that are needed, in ascending order
  record LoosePack(StoredPack pack, List<Frame> kept) {
    /// The most that is needed of a pack that is worth writing anew, in percent.
    static final int MAX_LIVE_PERCENT = 40;

    boolean isWorthShrinking() {
      long live = kept.stream().mapToLong(Frame::storedLength).sum();
      return pack.isAlone() && live * 100 < (long) MAX_LIVE_PERCENT * pack.length();
    }
  }

  Garbage plus(Garbage more) {
    return new Garbage(
        concat(chunkPacks, more.chunkPacks),
        concat(pagePacks, more.pagePacks),
        concat(roots, more.roots),
        concat(pointers, more.pointers),
        concat(loose, more.loose));
  }

  /// The bytes of objects that are not among those of another.
  long bytesBeyond(Garbage other) {
    Set<String> known = new HashSet<>();
    other.objects().forEach(object -> known.add(object.name()));
    return objects().stream()
        .filter(object -> !known.contains(object.name()))
        .mapToLong(ObjectStore.Entry::sizeBytes)
        .sum();
  }

  private static <T> List<T> concat(List<T> some, List<T> more) {
    List<T> all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }

  /// All objects that go, in the order in which they do.
  List<ObjectStore.Entry> objects() {
    List<ObjectStore.Entry> all = new ArrayList<>(chunkPacks);
    all.addAll(pagePacks);
    all.addAll(roots);
    all.addAll(pointers);
    return all;
  }

  /// The bytes of all objects that go.
  long bytes() {
    return objects().stream().mapToLong(ObjectStore.Entry::sizeBytes).sum();
  }
}
