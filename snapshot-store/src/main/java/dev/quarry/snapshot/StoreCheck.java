package dev.quarry.snapshot;

import dev.quarry.objects.ObjectStore;
import dev.quarry.snapshot.CheckReport.Damage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// Checks a store: every log from its first entry and against what was seen of it, every root and
/// page of the snapshots that are needed, and their packs, by lists or by reading them.
///
/// Damage is collected and not thrown. Changes nothing in the store unless a repair is asked for.
/// One run at a time; its progress may be asked for by any thread.
public final class StoreCheck {
  private static final int MAX_ROUNDS = ManifestLayout.MAX_LEVEL + 5;

  private final ObjectStore store;
  private final LineageLogs logs;
  private final RandomGenerator random;
  private final StopFlag stop = new StopFlag();
  private volatile Stage stage = new Stage(0, 0, 0);

  /// How far a check is.
  ///
  /// @param done lineages that were checked
  /// @param total lineages there are
  /// @param damages what was found so far
  public record Stage(int done, int total, int damages) {}

  StoreCheck(ObjectStore store, LineageLogs logs, RandomGenerator random) {
    this.store = store;
    this.logs = logs;
    this.random = random;
  }

  /// How far it is.
  public Stage stage() {
    return stage;
  }

  /// Asks for it to end.
  public void cancel() {
    stop.stop();
  }

  /// @param reading how much of the packs to read
  /// @throws SnapshotException.Unavailable if the store cannot be reached
  /// @throws SnapshotException.Cancelled if it was cancelled
  public CheckReport run(CheckReading reading) {
    return run(reading, Optional.empty());
  }

  /// Checks, and puts back what is damaged from a replica: the same objects in another place.
  ///
  /// @param reading how much of the packs to read; what is not read is not known to be rotten
  /// @throws SnapshotException.Unavailable if one of the stores cannot be reached
  /// @throws SnapshotException.Cancelled if it was cancelled
  public CheckReport repair(CheckReading reading, ObjectStore replica) {
    return run(reading, Optional.of(new StoreRepair(store, replica, logs, random)));
  }

  private CheckReport run(CheckReading reading, Optional<StoreRepair> repair) {
    repair.ifPresent(with -> logs.gone().forEach(with::log));
    List<UUID> lineages = logs.all();
    CheckReport all = new CheckReport(0, 0, 0, 0, gone(), List.of(), List.of(), List.of());
    for (int i = 0; i < lineages.size(); i++) {
      stage = new Stage(i, lineages.size(), all.damages().size());
      long left = Math.max(0, reading.maxBytes() - all.readBytes());
      all = sum(all, lineage(lineages.get(i), new CheckReading(reading.share(), left), repair));
    }
    stage = new Stage(lineages.size(), lineages.size(), all.damages().size());
    return new CheckReport(
        all.lineages(),
        all.packs(),
        all.packBytes(),
        all.readBytes(),
        all.damages(),
        repair.map(StoreRepair::repaired).orElse(List.of()),
        all.damaged(),
        all.intact());
  }

  /// A page that was put back shows what is below it: so checks are repeated, once for each level
  /// of a tree and for the root, the log and the packs at most.
  private CheckReport lineage(UUID volume, CheckReading reading, Optional<StoreRepair> repair) {
    int roundsLeft = MAX_ROUNDS;
    while (true) {
      LineageCheck check = new LineageCheck(store, logs, volume, random, stop);
      check.run(reading);
      roundsLeft--;
      if (roundsLeft == 0 || repair.isEmpty() || !check.repair(repair.get())) {
        return check.report();
      }
    }
  }

  private List<Damage> gone() {
    return logs.gone().stream()
        .map(volume ->
            new Damage(
                ObjectNames.volume(volume),
                "a volume's snapshots were here and all of it is gone",
                List.of()))
        .toList();
  }

  private static CheckReport sum(CheckReport one, CheckReport other) {
    return new CheckReport(
        one.lineages() + other.lineages(),
        one.packs() + other.packs(),
        one.packBytes() + other.packBytes(),
        one.readBytes() + other.readBytes(),
        joined(one.damages(), other.damages()),
        joined(one.repaired(), other.repaired()),
        joined(one.damaged(), other.damaged()),
        joined(one.intact(), other.intact()));
  }

  private static <T> List<T> joined(List<T> one, List<T> other) {
    List<T> all = new ArrayList<>(one);
    all.addAll(other);
    return all;
  }
}
