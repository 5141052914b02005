package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.objects.MemoryStore;
import dev.quarry.objects.ObjectStore;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/// Walks over everything that the logs of a store say is needed, page by page, and compares it with
/// what is there. Knows nothing of groups, neighbours or differences.
final class Reachable {
  private final ObjectStore store;
  private final Keyring keyring;
  private final LineageLogs logs;
  private final SortedSet<String> names = new TreeSet<>();
  private final Set<String> begun = new TreeSet<>();

  private Reachable(ObjectStore store, Keyring keyring) {
    this.store = store;
    this.keyring = keyring;
    this.logs = new LineageLogs(store, keyring, Anchors.none(), Samples.CLOCK, new Random(9));
  }

  /// Every object is needed, and all that is needed is there.
  static void check(MemoryStore store, Keyring keyring) {
    Reachable reachable = new Reachable(store, keyring);
    reachable.logs.all().forEach(reachable::addLineage);
    SortedSet<String> there = new TreeSet<>();
    for (String name : Stores.run(() -> Stores.names(store, ""))) {
      boolean ofLog = name.contains("/log/") || name.contains("/ckpt/") || name.contains("/keys/");
      boolean begun = !name.startsWith("i/") || reachable.begun.contains(name);
      if (!ofLog && begun) {
        there.add(name);
      }
    }
    assertEquals(String.join("\n", reachable.names), String.join("\n", there));
  }

  private void addLineage(UUID volume) {
    Lineage lineage = logs.of(volume).state();
    for (SnapshotState state : lineage.snapshots().values()) {
      begun.add(ObjectNames.pointer(state.begin().id()));
      switch (state.phase()) {
        case PENDING -> throw new AssertionError("cannot tell what is needed of " + state);
        case ABORTED -> names.add(ObjectNames.pointer(state.begin().id()));
        case COMPLETED, TRASHED -> addSnapshot(lineage, state);
        case DELETED -> {
          if (lineage.isNeeded(state.seq())) {
            addSnapshot(lineage, state);
          }
        }
        case COLLECTED -> {}
      }
    }
  }

  private void addSnapshot(Lineage lineage, SnapshotState state) {
    names.add(ObjectNames.pointer(state.begin().id()));
    long attempt = state.outcome().orElseThrow().attempt();
    names.add(ObjectNames.root(lineage.volume(), state.seq(), attempt));
    SnapshotRoot root = logs.root(lineage.volume(), state);
    ManifestReader reader =
        new ManifestReader(logs.frames(lineage.volume(), store), new PageCache(1 << 20));
    root.top().ifPresent(top -> addPage(reader, top));
    root.heat().forEach(ref -> add(ref.pack()));
    root.trace().ifPresent(ref -> add(ref.pack()));
  }

  private void addPage(ManifestReader reader, PageRef ref) {
    add(ref.where().pack());
    if (ref.level() == 0) {
      reader.leaf(ref).entries().stream()
          .flatMap(entry -> entry.frames().stream())
          .forEach(frame -> add(frame.pack()));
    } else {
      reader.inner(ref).children().forEach(child -> child.ifPresent(page -> addPage(reader, page)));
    }
  }

  private void add(PackRef pack) {
    PackId stored = pack.stored();
    LogBody.Moved moved = logs.of(stored.volume()).state().redirects().get(stored);
    names.add(moved == null ? stored.objectName() : moved.to().objectName());
  }

  /// The bytes of everything but logs.
  static long bytes(ObjectStore store) {
    return Stores.run(() -> Stores.entries(store, "")).stream()
        .filter(entry -> !entry.name().contains("/log/") && !entry.name().contains("/ckpt/"))
        .mapToLong(ObjectStore.Entry::sizeBytes)
        .sum();
  }
}
