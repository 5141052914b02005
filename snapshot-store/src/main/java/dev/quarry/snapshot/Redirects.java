package dev.quarry.snapshot;

import dev.quarry.objects.ObjectStore;
import dev.quarry.snapshot.LogBody.Moved;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Finds packs that were written anew without what nobody needs. Trees go on referring to them by
/// their old names; the log tells where they are, and their own directories what is where in them.
///
/// Keeps the directories of a few packs. Safe for use by many threads.
final class Redirects {
  /// The most directories that are kept, some KiB each.
  private static final int MAX_DIRECTORIES = 256;

  private final ObjectStore store;
  private final Seals seals;
  private final LineageLogs logs;
  private final Map<Moved, MovedPack> directories = // guarded by itself
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Moved, MovedPack> eldest) {
          return size() > MAX_DIRECTORIES;
        }
      };

  Redirects(ObjectStore store, Seals seals, LineageLogs logs) {
    this.store = store;
    this.seals = seals;
    this.logs = logs;
  }

  /// A pack that was written anew.
  ///
  /// @param object the name of the object that it lies in, perhaps among others
  /// @param frames its frames by number, with their offsets in that object
  record MovedPack(String object, Map<Integer, Frame> frames) {}

  /// Where a pack was moved, by what is known of its lineage.
  Optional<Moved> known(PackRef pack) {
    return moved(pack, logs.of(pack.stored().volume()).state());
  }

  /// Where a pack was moved, by what its lineage's log says now: for a pack that is not where it
  /// was.
  Optional<Moved> readAnew(PackRef pack) {
    return moved(pack, logs.of(pack.stored().volume()).refresh());
  }

  private static Optional<Moved> moved(PackRef pack, Lineage lineage) {
    return Optional.ofNullable(lineage.redirects().get(pack.stored()));
  }

  /// A pack where it was moved to.
  ///
  /// @throws SnapshotException.Corrupt if it is not there; perhaps it was moved again
  MovedPack open(PackRef pack, Moved moved) {
    synchronized (directories) {
      MovedPack known = directories.get(moved);
      if (known != null) {
        return known;
      }
    }
    MovedPack read = read(pack, moved);
    synchronized (directories) {
      directories.put(moved, read);
    }
    return read;
  }

  private MovedPack read(PackRef pack, Moved moved) {
    String object = moved.to().objectName();
    int length = Math.toIntExact(moved.length()); // a pack has no more than 16 MiB
    byte[] last = range(object, moved.offset() + length - PackFooter.BYTES, PackFooter.BYTES);
    PackFooter footer = PackFooter.decode(object, last, length);
    byte[] header = range(object, moved.offset(), PackHeader.BYTES);
    byte[] sealed =
        range(object, moved.offset() + footer.directoryOffset(), footer.directoryLength());
    Map<Integer, Frame> frames = new HashMap<>();
    for (Frame frame : PackReader.frames(seals, object, pack.id(), header, footer, sealed, 0)) {
      frames.put(frame.number(), frame.movedBy(moved.offset()));
    }
    return new MovedPack(object, Map.copyOf(frames));
  }

  private byte[] range(String object, long offset, int length) {
    return FrameFetcher.range(store, object, offset, length)
        .orElseThrow(() -> SnapshotException.Corrupt.missing(object, "pack"));
  }
}
