package dev.quarry.snapshot;

import dev.quarry.objects.ObjectStore;
import dev.quarry.objects.ObjectStoreException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// What is asked of stores in more than one place.
final class Stores {
  private Stores() {}

  /// Something that asks a store.
  @FunctionalInterface
  interface Request<T> {
    T run() throws ObjectStoreException;
  }

  /// Runs a request and translates what goes wrong.
  static <T> T run(Request<T> request) {
    try {
      return request.run();
    } catch (ObjectStoreException e) {
      throw translated(e);
    }
  }

  static SnapshotException translated(ObjectStoreException e) {
    return switch (e) {
      case ObjectStoreException.Corrupt corrupt ->
          new SnapshotException.Corrupt("store", corrupt.getMessage(), corrupt);
      case ObjectStoreException.OutOfRange out ->
          new SnapshotException.Corrupt("store", out.getMessage(), out);
      case ObjectStoreException.Unavailable _,
          ObjectStoreException.Denied _,
          ObjectStoreException.Full _,
          ObjectStoreException.Unsafe _,
          ObjectStoreException.Stopped _ ->
          new SnapshotException.Unavailable(e.getMessage(), e);
    };
  }

  /// Puts an object under a name that nobody else has.
  ///
  /// @param what it is, for errors
  /// @throws SnapshotException.Corrupt if something else lies there
  static void putOwn(ObjectStore store, String name, MemorySegment bytes, String what)
      throws ObjectStoreException {
    if (store.putIfAbsent(name, bytes) == ObjectStore.Put.CREATED) {
      return;
    }
    // The name is random: only an answer that was lost can have left it there.
    byte[] there =
        store
            .get(name)
            .orElseThrow(() -> new SnapshotException.Corrupt(name, what + " is missing"));
    if (MemorySegment.ofArray(there).mismatch(bytes) != -1) {
      throw new SnapshotException.Corrupt(name, "another " + what + " lies here");
    }
  }

  /// All names that begin with a prefix, in order.
  static List<String> names(ObjectStore store, String prefix) throws ObjectStoreException {
    return entries(store, prefix).stream().map(ObjectStore.Entry::name).toList();
  }

  /// All objects whose names begin with a prefix, in the order of those.
  static List<ObjectStore.Entry> entries(ObjectStore store, String prefix)
      throws ObjectStoreException {
    List<ObjectStore.Entry> entries = new ArrayList<>();
    forEach(store, prefix, entries::add);
    return entries;
  }

  /// Visits all objects whose names begin with a prefix, in order.
  ///
  /// @return how many there are
  static long forEach(ObjectStore store, String prefix, Consumer<ObjectStore.Entry> visitor)
      throws ObjectStoreException {
    long count = 0;
    String after = "";
    while (true) {
      ObjectStore.Page page = store.list(prefix, after, ObjectStore.MAX_PAGE_ENTRIES);
      page.entries().forEach(visitor);
      count += page.entries().size();
      if (!page.more()) {
        return count;
      }
      after = page.entries().getLast().name();
    }
  }
}
