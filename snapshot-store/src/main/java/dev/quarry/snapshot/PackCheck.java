package dev.quarry.snapshot;

import dev.quarry.objects.ObjectStore;
import dev.quarry.objects.ObjectStoreException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Looks at packs: whether they are there and long enough, by lists, and whether all their bytes
/// are what was written. One thread at a time.
final class PackCheck {
  private final ObjectStore store;
  private final Seals seals;
  private final LineageLogs logs;
  private long bytes;

  PackCheck(ObjectStore store, Seals seals, LineageLogs logs) {
    this.store = store;
    this.seals = seals;
    this.logs = logs;
  }

  /// Bytes of the packs that were looked for and are there.
  long bytes() {
    return bytes;
  }

  /// What is wrong with packs that lie in one folder, as far as a list tells.
  Map<PackRef, String> missing(String folder, List<PackRef> packs, NeededPacks needed) {
    Map<String, Long> there = new HashMap<>();
    Stores.run(() -> Stores.forEach(store, folder, e -> there.put(e.name(), e.sizeBytes())));
    Map<PackRef, String> wrong = new HashMap<>();
    for (PackRef pack : packs) {
      Optional<LogBody.Moved> moved = moved(pack);
      long size =
          moved.isPresent()
              ? Stores.run(() -> store.head(moved.get().to().objectName()))
                  .map(ObjectStore.Head::sizeBytes)
                  .orElse(-1L)
              : there.getOrDefault(pack.stored().objectName(), -1L);
      long least =
          moved
              .map(to -> to.offset() + to.length())
              .orElseGet(() -> (long) needed.of(pack).end() + Seals.TAG_BYTES + PackFooter.BYTES);
      if (size < 0) {
        wrong.put(pack, "pack is missing");
      } else if (size < least) {
        wrong.put(pack, "pack is cut short");
      } else {
        bytes += moved.map(LogBody.Moved::length).orElse(size);
      }
    }
    return wrong;
  }

  /// Where a pack lies.
  String objectOf(PackRef pack) {
    return moved(pack).map(LogBody.Moved::to).orElse(pack.stored()).objectName();
  }

  private Optional<LogBody.Moved> moved(PackRef pack) {
    return Optional.ofNullable(
        logs.of(pack.stored().volume()).state().redirects().get(pack.stored()));
  }

  /// What reading a whole pack came to.
  record Outcome(long bytes, Optional<String> wrong) {}

  /// Reads a pack and opens all its frames, also those that nobody needs.
  Outcome read(PackRef pack, NeededPacks.Needed needed) {
    byte[] whole;
    try {
      Optional<byte[]> got = whole(pack);
      if (got.isEmpty()) {
        return new Outcome(0, Optional.of("pack is missing"));
      }
      whole = got.get();
    } catch (ObjectStoreException.Corrupt | ObjectStoreException.OutOfRange e) {
      return new Outcome(0, Optional.of("pack is damaged: " + e.getMessage()));
    } catch (ObjectStoreException e) {
      throw Stores.translated(e);
    }
    return new Outcome(whole.length, flaw(seals, objectOf(pack), pack, needed, whole));
  }

  /// Whether bytes are a pack with all that is needed of it.
  static boolean isWhole(Seals seals, PackRef pack, NeededPacks.Needed needed, byte[] bytes) {
    return flaw(seals, pack.stored().objectName(), pack, needed, bytes).isEmpty();
  }

  private static Optional<String> flaw(
      Seals seals, String object, PackRef pack, NeededPacks.Needed needed, byte[] whole) {
    try {
      List<Frame> frames = PackReader.open(seals, object, pack.id(), whole).frames();
      open(seals, pack, frames, whole);
      return needed.isIn(frames) ? Optional.empty() : Optional.of("pack has other frames");
    } catch (SnapshotException.Corrupt e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private Optional<byte[]> whole(PackRef pack) throws ObjectStoreException {
    Optional<LogBody.Moved> moved = moved(pack);
    return moved.isPresent()
        ? store.getRange(
            moved.get().to().objectName(),
            moved.get().offset(),
            Math.toIntExact(moved.get().length()))
        : store.get(pack.stored().objectName());
  }

  private static void open(Seals seals, PackRef pack, List<Frame> frames, byte[] whole) {
    Map<Integer, Integer> offsets = new HashMap<>();
    frames.forEach(frame -> offsets.put(frame.number(), frame.offset()));
    StoredFrames stored = new StoredFrames(whole, offsets);
    try (FrameOpener opener = new FrameOpener(seals)) {
      frames.forEach(frame -> opener.open(stored, new FrameRef(pack, frame)));
    }
  }
}
