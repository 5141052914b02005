package dev.quarry.node;

import dev.quarry.crypto.Caller;
import dev.quarry.crypto.CiphertextBlob;
import dev.quarry.crypto.DataKey;
import dev.quarry.crypto.EncryptionContext;
import dev.quarry.crypto.GeneratedKey;
import dev.quarry.crypto.KeyService;
import dev.quarry.snapshot.Bits128;
import dev.quarry.snapshot.Lineages;
import dev.quarry.snapshot.PendingSnapshot;
import dev.quarry.snapshot.Progress;
import dev.quarry.snapshot.SnapshotDiff;
import dev.quarry.snapshot.SnapshotErrors;
import dev.quarry.snapshot.SnapshotException;
import dev.quarry.snapshot.SnapshotExport;
import dev.quarry.snapshot.SnapshotId;
import dev.quarry.snapshot.SnapshotInfo;
import dev.quarry.snapshot.SnapshotService;
import dev.quarry.snapshot.SnapshotSource;
import dev.quarry.snapshot.VolumeSnapshots;
import dev.quarry.volume.ControlException;
import dev.quarry.volume.VolumeCatalogue;
import dev.quarry.volume.VolumeHold;
import dev.quarry.volume.VolumeId;
import dev.quarry.volume.VolumeRecord;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The snapshots of a node: made of its volumes, found again, and ended with it.
///
/// **Orders that carry crash safety.** A mark that something is pending, then the key of an
/// encrypted volume in the store, then the log is taken over, then the snapshot is begun. A volume
/// is held open until its snapshot has ended and is remembered.
///
/// Errors are [ControlException]s. Safe for use by many threads.
final class NodeSnapshots implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeSnapshots.class);

  /// How long the node's end waits for snapshots that are told to end.
  private static final long END_NANOS = 3_000_000_000L;

  private static final long RETRY_NANOS = 10_000_000_000L;

  private final SnapshotStart start;
  private final VolumeSnapshots snapshots;
  private final VolumeCatalogue volumes;
  private final KeyService keys;
  private final Set<UUID> ours = ConcurrentHashMap.newKeySet(); // lineages taken over
  private final Map<SnapshotId, Job> jobs = new ConcurrentHashMap<>();

  /// A snapshot that is being made, and the thread that waits for its end.
  private record Job(PendingSnapshot pending, Thread waiting) {}

  /// @param keys draws the data keys of imports
  NodeSnapshots(SnapshotStart start, VolumeCatalogue volumes, KeyService keys) {
    this.start = start;
    this.keys = keys;
    this.snapshots = start.snapshots();
    this.volumes = volumes;
  }

  /// Ends what an earlier process left pending, and goes on bringing volumes to the local disk, in
  /// the background.
  void resume() {
    Thread.ofVirtual().name("hydration").start(volumes::hydrate);
    List<UUID> marked = start.marks().left();
    if (!marked.isEmpty()) {
      Thread.ofVirtual().name("leftovers").start(() -> marked.forEach(this::endLeftovers));
    }
  }

  private void endLeftovers(UUID lineage) {
    while (!start.time().hasEnded()) {
      try {
        takeOver(lineage);
        unmark(lineage);
        return;
      } catch (ControlException.Unavailable e) {
        LOG.atWarn()
            .setMessage("snapshots that were cut short stay pending until the store can be reached")
            .addKeyValue("lineage", lineage)
            .setCause(e)
            .log();
        start.time().pause(RETRY_NANOS);
      } catch (ControlException e) {
        LOG.atError()
            .setMessage("snapshots that were cut short stay pending")
            .addKeyValue("lineage", lineage)
            .setCause(e)
            .log();
        return;
      }
    }
  }

  /// Begins snapshots of volumes as they are at one instant: of all, or of none.
  ///
  /// @param wanted ids or names, in the order of the answer
  List<SnapshotInfo> create(List<String> wanted, String description, Map<String, String> tags) {
    List<VolumeId> ids = wanted.stream().map(name -> volumes.describe(name).id()).toList();
    if (Set.copyOf(ids).size() < ids.size()) {
      throw new ControlException.Invalid(
          "InvalidParameterValue", "A volume is named more than once; name each once.");
    }
    // One order for all, since they are locked together.
    List<VolumeId> ordered = ids.stream().sorted(Comparator.comparing(VolumeId::text)).toList();
    List<SnapshotId> begun = begin(ordered, description, tags);
    return ids.stream().map(id -> snapshots.show(begun.get(ordered.indexOf(id)))).toList();
  }

  private List<SnapshotId> begin(
      List<VolumeId> ordered, String description, Map<String, String> tags) {
    List<HeldVolume> held = new ArrayList<>();
    List<UUID> marked = new ArrayList<>();
    List<PendingSnapshot> begun;
    try {
      for (VolumeId id : ordered) {
        HeldVolume volume = new HeldVolume(volumes.hold(id), start.origins());
        held.add(volume);
        start.marks().put(volume.lineage());
        marked.add(volume.lineage());
        prepare(volume);
      }
      begun = snapshots.createTogether(List.copyOf(held), description, tags);
    } catch (RuntimeException e) {
      marked.forEach(start.marks()::end);
      held.forEach(HeldVolume::close);
      throw e;
    }
    for (int i = 0; i < begun.size(); i++) {
      follow(begun.get(i), held.get(i).lineage(), held.get(i)::close);
    }
    return begun.stream().map(PendingSnapshot::id).toList();
  }

  /// Begins a snapshot of contents that come from elsewhere.
  ///
  /// @param from where they come from
  /// @param sizeBytes how much there is; needed for a stream, and all of a file without it
  /// @param keyArn the customer key to encrypt it under; not encrypted if empty
  SnapshotInfo importFrom(
      SnapshotPort from,
      Optional<Long> sizeBytes,
      Optional<String> keyArn,
      String description,
      Map<String, String> tags) {
    SnapshotService.ImportAbout about =
        new SnapshotService.ImportAbout(
            description, tags, keyArn.map(SnapshotAttributes::ofKey).orElse(Map.of()));
    SnapshotImport contents = SnapshotImport.open(from, sizeBytes);
    PendingSnapshot begun;
    UUID lineage;
    try {
      lineage = importLineage(keyArn);
      begun = begin(contents, lineage, about);
    } catch (RuntimeException e) {
      contents.close();
      throw e;
    }
    follow(begun, lineage, contents::close);
    return snapshots.show(begun.id());
  }

  private PendingSnapshot begin(
      SnapshotImport contents, UUID lineage, SnapshotService.ImportAbout about) {
    start.marks().put(lineage);
    try {
      takeOver(lineage);
      return SnapshotErrors.translated(() -> contents.begin(start.service(), lineage, about));
    } catch (RuntimeException e) {
      start.marks().end(lineage);
      throw e;
    }
  }

  /// A lineage for contents that had no volume. An encrypted one has the id of a volume that is
  /// nowhere, since its key is bound to one.
  private UUID importLineage(Optional<String> keyArn) {
    if (keyArn.isEmpty()) {
      return UUID.randomUUID();
    }
    VolumeId nowhere = VolumeId.generate(new SecureRandom());
    UUID lineage = Lineages.of(nowhere);
    GeneratedKey drawn =
        keys.generateDataKey(Caller.owner(), keyArn.get(), EncryptionContext.ofEbs(nowhere.text()));
    try (DataKey key = drawn.dataKey()) {
      putKey(lineage, Bits128.of(key.checkValue()), drawn.wrapped().blob());
    }
    return lineage;
  }

  private void prepare(HeldVolume volume) {
    UUID lineage = volume.lineage();
    putKey(lineage, volume.hold());
    if (!ours.contains(lineage)) {
      takeOver(lineage);
    }
  }

  /// So that snapshots can be read when the volume is gone.
  private void putKey(UUID lineage, VolumeHold hold) {
    hold.volume()
        .encryption()
        .ifPresent(encryption ->
            putKey(
                lineage,
                Bits128.of(hold.keyCheckValue().orElseThrow()),
                CiphertextBlob.of(encryption.wrappedDataKey())));
  }

  private void putKey(UUID lineage, Bits128 keyId, CiphertextBlob wrapped) {
    if (ours.contains(lineage)) {
      return;
    }
    SnapshotErrors.translated(() -> {
      start.keyring().put(lineage, keyId, wrapped);
      return lineage;
    });
  }

  private synchronized void takeOver(UUID lineage) {
    snapshots.open(lineage);
    ours.add(lineage);
  }

  /// Waits for a snapshot's end in the background.
  ///
  /// @param release lets go what was held for it
  private void follow(PendingSnapshot begun, UUID lineage, Runnable release) {
    Thread waiting =
        Thread.ofVirtual()
            .name("follow-" + begun.id())
            .unstarted(() -> {
              try {
                begun.await();
                LOG.atInfo()
                    .setMessage("snapshot completed")
                    .addKeyValue("snapshot", begun.id())
                    .log();
              } catch (SnapshotException e) {
                ours.remove(lineage); // what it left pending is ended before the next one
              } finally {
                release.run();
                jobs.remove(begun.id());
                start.marks().end(lineage);
                unmark(lineage);
              }
            });
    jobs.put(begun.id(), new Job(begun, waiting));
    waiting.start();
  }

  /// Takes the mark away if nothing is pending any more.
  private synchronized void unmark(UUID lineage) {
    try {
      if (ours.contains(lineage) && nothingPending(lineage)) {
        start.marks().remove(lineage);
      }
    } catch (ControlException e) {
      LOG.atWarn()
          .setMessage("mark that a snapshot is pending stays until the next start")
          .addKeyValue("lineage", lineage)
          .setCause(e)
          .log();
    }
  }

  private boolean nothingPending(UUID lineage) {
    return snapshots.list(lineage).stream()
        .noneMatch(info -> info.state() == SnapshotInfo.State.PENDING);
  }

  /// All snapshots in the store, by lineages and oldest first.
  List<SnapshotInfo> list() {
    return SnapshotErrors.translated(start.service()::lineages).stream()
        .map(snapshots::list)
        .flatMap(Collection::stream)
        .toList();
  }

  /// The snapshots of a volume that is there or was, oldest first.
  List<SnapshotInfo> listOf(String volume) {
    VolumeId id =
        volumes
            .find(volume)
            .map(VolumeRecord::id)
            .orElseGet(() ->
                VolumeId.isId(volume) ? VolumeId.parse(volume) : volumes.describe(volume).id());
    return snapshots.list(Lineages.of(id));
  }

  /// A snapshot by its id.
  ///
  /// @throws ControlException.NotFound if there is none
  SnapshotInfo show(String id) {
    return snapshots.show(parse(id));
  }

  /// A snapshot that volumes can be made from.
  ///
  /// @throws ControlException.Conflict if it is not completed
  SnapshotInfo completed(String id) {
    SnapshotInfo snapshot = show(id);
    if (snapshot.state() != SnapshotInfo.State.COMPLETED) {
      throw new ControlException.Conflict(
          "IncorrectState",
          "Snapshot %s is %s; wait until it is completed, or take another."
              .formatted(id, snapshot.state().name().toLowerCase(Locale.ROOT)));
    }
    return snapshot;
  }

  /// How far a snapshot is that is being made.
  Optional<Progress> progress(SnapshotId id) {
    return snapshots.progress(id);
  }

  /// The contents of a snapshot, to be written elsewhere.
  ///
  /// @throws ControlException.Conflict if it is not completed
  SnapshotExport export(String id) {
    try {
      return snapshots.export(parse(id));
    } catch (ControlException.Conflict e) {
      completed(id); // says what to do, if this is why
      throw e;
    }
  }

  /// What differs between two snapshots, or what there is in one.
  SnapshotDiff diff(Optional<SnapshotId> since, SnapshotId id) {
    return snapshots.diff(since, id);
  }

  /// The contents of a snapshot, to be read here and there.
  ///
  /// @throws ControlException.Conflict if it is not completed
  SnapshotSource source(String id) {
    SnapshotId parsed = parse(id);
    completed(id);
    return SnapshotErrors.translated(() -> start.service().source(parsed));
  }

  static SnapshotId parse(String id) {
    try {
      return new SnapshotId(id);
    } catch (IllegalArgumentException e) {
      throw new ControlException.Invalid(
          "InvalidSnapshotID.Malformed",
          "Invalid id: \"%s\" (expecting \"snap-...\")".formatted(id));
    }
  }

  /// Ends all that is being made, and what waits for the store. What is cut short is reported
  /// `error` after the next start.
  @Override
  public void close() {
    start.origins().stop();
    jobs.values().forEach(job -> job.pending().cancel());
    awaitJobs(System.nanoTime() + END_NANOS);
    start.time().end();
    awaitJobs(System.nanoTime() + END_NANOS);
  }

  private void awaitJobs(long untilNanos) {
    for (Job job : jobs.values()) {
      try {
        job.waiting().join(Duration.ofNanos(Math.max(1, untilNanos - System.nanoTime())));
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
