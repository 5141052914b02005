package dev.quarry.snapshot;

import dev.quarry.objects.ObjectStore;
import dev.quarry.objects.ObjectStoreException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// Puts back what is lost or rotten in a store, from a replica of it: the same objects under the
/// same names, in another bucket or folder.
///
/// Nothing is taken on the replica's word: a pack has to open, frame by frame, a root to have the
/// MAC that was committed, an entry of a log to follow on those before it. Nothing is overwritten
/// or deleted: what is missing comes back under its name; a pack that is rotten under a new one,
/// and the log tells so. A rotten root or entry has one name only and stays.
///
/// One thread at a time. Cut short anywhere, it can be repeated.
final class StoreRepair {
  private final ObjectStore store;
  private final ObjectStore replica;
  private final LineageLogs logs;
  private final RandomGenerator random;
  private final List<String> repaired = new ArrayList<>();

  StoreRepair(ObjectStore store, ObjectStore replica, LineageLogs logs, RandomGenerator random) {
    this.store = store;
    this.replica = replica;
    this.logs = logs;
    this.random = random;
  }

  /// The objects that were put back, by the names that they were missed under.
  List<String> repaired() {
    return repaired;
  }

  /// Puts a pack back.
  ///
  /// @return whether it is there now
  boolean pack(Seals seals, PackRef pack, NeededPacks.Needed needed) {
    PackId name = pack.stored();
    LineageLog log = logs.of(name.volume());
    Optional<byte[]> bytes = good(seals, pack, needed, log);
    if (bytes.isEmpty()) {
      return false;
    }
    boolean free =
        !log.state().redirects().containsKey(name)
            && Stores.run(() -> store.head(name.objectName())).isEmpty();
    if (free) {
      put(name.objectName(), bytes.get());
    } else {
      putAnew(log, name, bytes.get());
    }
    repaired.add(name.objectName());
    return true;
  }

  /// Puts a pack under a name of its own and leads to it. A collector that meets the new object
  /// before the redirect removes it, behind an entry: so the redirect counts only right behind what
  /// was there before the object was, and otherwise all is done once more.
  private void putAnew(LineageLog log, PackId name, byte[] bytes) {
    boolean led = false;
    while (!led) {
      long number = log.refresh().number();
      PackId anew =
          new PackId(name.volume(), name.seq(), random.nextLong(), name.kind(), name.number());
      put(anew.objectName(), bytes);
      LogBody.Moved moved = new LogBody.Moved(name, anew, 0, bytes.length);
      led = log.appendRightBehind(number, new LogBody.Redirect(List.of(moved))).isPresent();
    }
  }

  /// The pack's bytes, if the replica has them: where the log says that it lies, or where it lay.
  private Optional<byte[]> good(
      Seals seals, PackRef pack, NeededPacks.Needed needed, LineageLog log) {
    Optional<byte[]> moved =
        Optional.ofNullable(log.state().redirects().get(pack.stored()))
            .flatMap(this::part)
            .filter(bytes -> PackCheck.isWhole(seals, pack, needed, bytes));
    return moved.or(() ->
        object(pack.stored().objectName())
            .filter(bytes -> PackCheck.isWhole(seals, pack, needed, bytes)));
  }

  private Optional<byte[]> part(LogBody.Moved to) {
    try {
      return FrameFetcher.range(
          replica, to.to().objectName(), to.offset(), Math.toIntExact(to.length()));
    } catch (SnapshotException.Corrupt _) {
      return Optional.empty();
    }
  }

  /// An object of the replica; nothing if it is not there, or damaged as well.
  private Optional<byte[]> object(String name) {
    try {
      return replica.get(name);
    } catch (ObjectStoreException.Corrupt _) {
      return Optional.empty();
    } catch (ObjectStoreException e) {
      throw Stores.translated(e);
    }
  }

  /// Puts a missing root back.
  boolean root(UUID volume, SnapshotState state) {
    LogBody.Commit commit = state.outcome().orElseThrow();
    String name = ObjectNames.root(volume, state.seq(), commit.attempt());
    Seals seals = logs.sealsOf(volume);
    return object(name)
        .filter(bytes -> RootCodec.mac(seals, bytes).equals(commit.rootMac()))
        .filter(bytes -> putMissing(name, bytes))
        .isPresent();
  }

  /// Makes a snapshot's id lead to its volume again.
  boolean pointer(SnapshotId id, UUID volume) {
    return putMissing(ObjectNames.pointer(id), PointerCodec.encode(volume));
  }

  /// Puts missing entries of a log back, as far as each follows on the one before.
  boolean log(UUID volume) {
    Seals seals = logs.sealsOf(volume);
    Lineage state = Lineage.empty(volume, seals.keyId());
    boolean any = false;
    while (true) {
      String name = ObjectNames.entry(volume, state.number() + 1);
      Optional<byte[]> there = Stores.run(() -> store.get(name));
      Optional<byte[]> entry = there.or(() -> object(name));
      if (entry.isEmpty()) {
        return any;
      }
      try {
        state = state.with(LogCodec.decode(seals, name, entry.get()), LogCodec.macOf(entry.get()));
      } catch (SnapshotException.Corrupt _) {
        return any;
      }
      any |= there.isEmpty() && putMissing(name, entry.get());
    }
  }

  /// @return false if something lies there
  private boolean putMissing(String name, byte[] bytes) {
    if (Stores.run(() -> store.putIfAbsent(name, bytes)) == ObjectStore.Put.EXISTED) {
      return false;
    }
    repaired.add(name);
    return true;
  }

  private void put(String name, byte[] bytes) {
    Stores.run(() -> {
      Stores.putOwn(store, name, MemorySegment.ofArray(bytes), "pack");
      return name;
    });
  }
}
