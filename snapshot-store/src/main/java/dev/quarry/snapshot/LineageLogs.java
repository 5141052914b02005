package dev.quarry.snapshot;

import dev.quarry.objects.ObjectStore;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.random.RandomGenerator;

/// The logs of a store's lineages, each opened once, with what guards them.
///
/// Safe for use by many threads.
final class LineageLogs {
  private final ObjectStore store;
  private final Keyring keyring;
  private final Anchors anchors;
  private final Clock clock;
  private final RandomGenerator random;
  private final ConcurrentMap<UUID, LineageLog> logs = new ConcurrentHashMap<>();

  LineageLogs(
      ObjectStore store, Keyring keyring, Anchors anchors, Clock clock, RandomGenerator random) {
    this.store = store;
    this.keyring = keyring;
    this.anchors = anchors;
    this.clock = clock;
    this.random = random;
  }

  /// The log of a lineage, as it was read last.
  LineageLog of(UUID volume) {
    Seals seals = sealsOf(volume);
    LineageLog known =
        logs.computeIfAbsent(
            volume, _ -> LineageLog.open(store, seals, volume, anchors, clock, random));
    if (known.state().keyId().equals(seals.keyId())) {
      return known;
    }
    // Looked at before there was a key, and so before there was anything.
    logs.remove(volume, known);
    return of(volume);
  }

  /// The state of a lineage by its whole log, read anew from the first entry.
  ///
  /// @throws SnapshotException.RolledBack if the store has less than was seen before
  /// @throws SnapshotException.Corrupt if an entry is not what was written, or missing
  Lineage verified(UUID volume) {
    Lineage state = LineageLog.verified(store, sealsOf(volume), volume, anchors, clock, random);
    List<String> names = Stores.run(() -> Stores.names(store, ObjectNames.log(volume)));
    String next = ObjectNames.entry(volume, state.number() + 1);
    if (!names.isEmpty() && names.getLast().compareTo(next) > 0 && !names.contains(next)) {
      throw new SnapshotException.Corrupt(next, "log entry is missing");
    }
    return state;
  }

  /// Lineages whose logs were seen and have nothing in the store any more.
  List<UUID> gone() {
    List<UUID> there = all();
    return anchors.volumes().stream().filter(volume -> !there.contains(volume)).toList();
  }

  /// All lineages that have something in the store.
  List<UUID> all() {
    return Stores.run(() -> {
      List<UUID> found = new ArrayList<>();
      String after = "";
      while (true) {
        ObjectStore.Page page = store.list(ObjectNames.VOLUMES, after, 1);
        if (page.entries().isEmpty()) {
          return found;
        }
        String volume = ObjectNames.volumeIn(page.entries().getFirst().name());
        ObjectNames.lineage(volume).ifPresent(found::add);
        after = ObjectNames.VOLUMES + volume + ObjectNames.BEHIND;
      }
    });
  }

  /// What guards a lineage.
  Seals sealsOf(UUID volume) {
    return keyring.sealsOf(volume);
  }

  /// Reads frames of a lineage and of those it builds on, wherever they are by now.
  FrameFetcher frames(UUID volume) {
    return frames(volume, store);
  }

  /// As above, from a store that is as patient as the caller.
  FrameFetcher frames(UUID volume, ObjectStore from) {
    Seals seals = sealsOf(volume);
    return new FrameFetcher(from, seals, new Redirects(from, seals, this));
  }

  /// The root of a snapshot that was committed.
  SnapshotRoot root(UUID volume, SnapshotState state) {
    return root(volume, state, store);
  }

  /// As above, from a store that is as patient as the caller.
  SnapshotRoot root(UUID volume, SnapshotState state, ObjectStore from) {
    try {
      return SnapshotReader.root(from, sealsOf(volume), of(volume).state(), state);
    } catch (SnapshotException.Corrupt e) {
      boolean gone = e.isMissing() && !of(volume).refresh().isNeeded(state.seq());
      throw gone ? noSuch(state.begin().id()) : e;
    }
  }

  /// Makes a snapshot's name lead to its lineage.
  void putPointer(SnapshotId id, UUID volume) {
    Stores.run(() -> store.putIfAbsent(ObjectNames.pointer(id), PointerCodec.encode(volume)));
  }

  /// The log, freshly read, that a snapshot's name leads to. Whether the snapshot is in there is
  /// another question.
  LineageLog find(SnapshotId id) {
    String name = ObjectNames.pointer(id);
    UUID volume =
        Stores.run(() -> store.get(name))
            .map(bytes -> PointerCodec.decode(name, bytes))
            .orElseThrow(() -> noSuch(id));
    try {
      LineageLog log = of(volume);
      log.refresh();
      return log;
    } catch (SnapshotException.Corrupt e) {
      throw e.of(id);
    }
  }

  static SnapshotException.NotFound noSuch(SnapshotId id) {
    return new SnapshotException.NotFound("the snapshot does not exist id=" + id);
  }
}
