package dev.quarry.snapshot;

import dev.quarry.objects.ObjectStore;
import dev.quarry.snapshot.SnapshotState.Phase;
import dev.quarry.volume.VolumeData;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/// Makes, lists and reads snapshots in a store, by lineages and views. [VolumeSnapshots] is the way
/// in for those who have volumes.
///
/// A process that makes snapshots of a volume calls [#takeOver] first, which fences whoever did so
/// before and ends what that one left pending. Others may list and read at any time.
///
/// Errors are [SnapshotException]s. Safe for use by many threads.
public final class SnapshotService {
  private static final Consumer<Optional<ParentSnapshot>> NOBODY = _ -> {};

  private final ObjectStore store;
  private final LineageLogs logs;
  private final SnapshotMaker maker;
  private final Clock clock;
  private final RandomGenerator random;
  private final PageCache cache;
  private final Collector collector;
  private final SnapshotRetention retention;

  /// With one store for all.
  ///
  /// @param anchors memory, outside of the store, of how far logs were seen to reach
  /// @param random has to be hard to guess and never to repeat: a SecureRandom
  public SnapshotService(
      ObjectStore store,
      Keyring keyring,
      Anchors anchors,
      Clock clock,
      RandomGenerator random,
      WriterLimits limits) {
    this(store, store, keyring, anchors, clock, random, limits);
  }

  /// @param store answers, or says that it cannot, while somebody waits
  /// @param patient the same, for what is made in the background: it may take as long as it takes
  /// @param anchors memory, outside of the store, of how far logs were seen to reach
  /// @param random has to be hard to guess and never to repeat: a SecureRandom
  public SnapshotService(
      ObjectStore store,
      ObjectStore patient,
      Keyring keyring,
      Anchors anchors,
      Clock clock,
      RandomGenerator random,
      WriterLimits limits) {
    this.store = store;
    this.cache = new PageCache(limits.cacheBytes());
    this.logs = new LineageLogs(store, keyring, anchors, clock, random);
    this.maker = new SnapshotMaker(store, patient, logs, clock, random, limits, cache);
    this.retention = new SnapshotRetention(clock);
    this.collector = new Collector(store, logs, clock, random);
    this.clock = clock;
    this.random = random;
  }

  /// Makes this process the one that makes snapshots of a volume. What another process left pending
  /// is completed, if all of it was durable, or aborted; what it covered is covered by the next
  /// one.
  public void takeOver(UUID volume) {
    LineageLog log = logs.of(volume);
    log.takeOver();
    maker.endLeftovers(log);
  }

  /// What the next snapshot of a volume can build on: the snapshot that the volume remembers, if
  /// the log still has it as the volume remembers it, under the same key. That of another volume
  /// has to be pinned as well, since nothing else keeps its frames. Nothing if the next one has to
  /// be full.
  public Optional<ParentSnapshot> parentFor(UUID volume, Optional<ParentSnapshot> remembered) {
    return remembered.filter(parent -> {
      Lineage lineage = logs.of(parent.volume()).refresh();
      return logs.sealsOf(volume).keyId().equals(logs.sealsOf(parent.volume()).keyId())
          && lineage
              .snapshot(parent.seq())
              .filter(state ->
                  parent.volume().equals(volume)
                      ? state.isLive()
                      : lineage.isPinnedBy(state.seq(), volume))
              .flatMap(SnapshotState::outcome)
              .filter(commit -> commit.rootMac().equals(parent.rootMac()))
              .isPresent();
    });
  }

  /// Begins a snapshot. When this returns it is pending, and is being made in the background.
  ///
  /// @throws SnapshotException.LimitExceeded if the volume has as many pending as it may
  PendingSnapshot create(Member member) {
    return begin(member, Optional.empty());
  }

  private PendingSnapshot begin(Member member, Optional<SnapshotGroup> group) {
    return maker.begin(
        member.request(),
        new SnapshotMaker.Terms(group, member.maxPending(), false, member.remember()));
  }

  /// What is to be said of a snapshot of contents that come from elsewhere.
  ///
  /// @param description what its maker says of it
  /// @param tags what its maker tags it with
  /// @param attributes what else is to be kept for those who restore it
  public record ImportAbout(
      String description, Map<String, String> tags, Map<String, String> attributes) {
    public ImportAbout {
      SnapshotRequest.check(description, tags);
    }
  }

  /// Begins a snapshot of a file's contents, which nobody may change meanwhile.
  ///
  /// @param volume a lineage that was taken over; a new one for contents that have none
  /// @param sizeBytes how much of the file, from its beginning
  public PendingSnapshot importFile(
      UUID volume, FileChannel file, long sizeBytes, ImportAbout about) {
    return imported(volume, ImportView.ofFile(file, sizeBytes), about, false);
  }

  /// Begins a snapshot of what a stream has, which is read by one thread from its beginning.
  ///
  /// @param volume a lineage that was taken over; a new one for contents that have none
  /// @param sizeBytes how much the stream has; if it ends earlier, the snapshot fails
  public PendingSnapshot importStream(
      UUID volume, ReadableByteChannel stream, long sizeBytes, ImportAbout about) {
    return imported(volume, ImportView.ofStream(stream, sizeBytes), about, true);
  }

  private PendingSnapshot imported(
      UUID volume, ImportView view, ImportAbout about, boolean inOrder) {
    SnapshotRequest request =
        new SnapshotRequest(
            volume,
            view,
            Optional.empty(),
            about.description(),
            about.tags(),
            about.attributes(),
            Hints.NONE);
    return maker.begin(
        request, new SnapshotMaker.Terms(Optional.empty(), Integer.MAX_VALUE, inOrder, NOBODY));
  }

  /// A snapshot to make, perhaps as one of a group.
  ///
  /// @param maxPending how many may be pending of the volume at a time, this one included
  /// @param remember is told what the volume has to remember, before anybody who waits
  record Member(
      SnapshotRequest request, int maxPending, Consumer<Optional<ParentSnapshot>> remember) {}

  /// Begins snapshots of several volumes that were frozen at one instant: of all, or of none. All
  /// are completed, or none is.
  List<PendingSnapshot> createGroup(List<Member> members) {
    SnapshotGroup group =
        new SnapshotGroup(new UUID(random.nextLong(), random.nextLong()), members.size());
    List<PendingSnapshot> begun = new ArrayList<>();
    try {
      for (Member member : members) {
        begun.add(begin(member, Optional.of(group)));
      }
      return begun;
    } catch (RuntimeException e) {
      group.fail();
      begun.forEach(PendingSnapshot::cancel);
      members.stream()
          .skip(begun.size() + 1L)
          .map(Member::request)
          .forEach(SnapshotMaker::closeQuietly);
      throw e;
    }
  }

  /// The lineages that have something in the store. One request for each.
  public List<UUID> lineages() {
    return logs.all();
  }

  /// The snapshots of a volume, oldest first, without those that are gone or in the recycle bin.
  public List<SnapshotInfo> list(UUID volume) {
    return list(volume, state -> state.phase() != Phase.TRASHED);
  }

  private List<SnapshotInfo> list(UUID volume, Predicate<SnapshotState> wanted) {
    Lineage lineage = logs.of(volume).refresh();
    return lineage.snapshots().values().stream()
        .filter(wanted)
        .filter(state -> stateOf(state).isPresent())
        .map(state -> info(volume, state, Optional.empty()))
        .toList();
  }

  /// A snapshot with all that its maker said of it.
  public SnapshotInfo show(SnapshotId id) {
    LineageLog log = logs.find(id);
    SnapshotState state = shown(log, id);
    Optional<SnapshotRoot> root = state.isLive() ? Optional.of(root(log, state)) : Optional.empty();
    return info(log.volume(), state, root);
  }

  /// How far a snapshot is that this process makes; nothing if it makes no such one, or not any
  /// more.
  public Optional<Progress> progress(SnapshotId id) {
    return maker.pending(id).map(PendingSnapshot::progress);
  }

  /// The contents of a snapshot, for as long as it is not deleted.
  public SnapshotSource source(SnapshotId id) {
    return new SnapshotSource(reader(id));
  }

  /// Pins a snapshot for a volume that is made from it: its contents stay until [#release], even
  /// when it is deleted. Pinning once more does nothing.
  ///
  /// @param clone the lineage of the volume that is made
  /// @return what that volume remembers as its parent
  public ParentSnapshot pin(SnapshotId id, UUID clone) {
    LineageLog log = logs.find(id);
    SnapshotState state = completed(log, id);
    if (!log.state().isPinnedBy(state.seq(), clone)) {
      log.append(new LogBody.Pin(pinOf(clone), state.seq(), clone));
    }
    Mac rootMac = state.outcome().orElseThrow().rootMac(); // a completed one has it
    return new ParentSnapshot(log.volume(), state.seq(), VolumeData.ORIGIN_EPOCH, rootMac);
  }

  /// The contents of a snapshot that a volume pinned, also when it was deleted since.
  public SnapshotSource pinnedSource(SnapshotId id, UUID clone) {
    LineageLog log = logs.find(id);
    return new SnapshotSource(reader(log, pinned(log, id, clone)));
  }

  /// Says that a volume needs the snapshot no more that it pinned. Saying so again does nothing.
  public void release(SnapshotId id, UUID clone) {
    LineageLog log;
    try {
      log = logs.find(id);
    } catch (SnapshotException.NotFound e) {
      return; // it was collected, so nobody has pinned it
    }
    if (log.state().pins().containsKey(pinOf(clone))) {
      log.append(new LogBody.Unpin(pinOf(clone)));
    }
  }

  /// Says the same of a volume that reads the snapshot no more, if no snapshot of its own uses
  /// frames of that one any more. The caller sees to it that none is begun meanwhile.
  ///
  /// @return whether the pin is released; if not, ask again when snapshots of the volume are gone,
  ///   or when so much was written that later ones use none
  boolean releaseUnneeded(SnapshotId id, UUID clone) {
    boolean needed = new ForeignFrames(logs, clone, cache).isUsedBy(logs.of(clone).refresh());
    if (!needed) {
      release(id, clone);
    }
    return !needed;
  }

  /// Releases whatever a lineage has pinned of a snapshot's volume.
  void releaseAll(SnapshotId id, UUID user) {
    LineageLog log = logs.find(id);
    log.state().pins().values().stream()
        .filter(pin -> pin.user().equals(user))
        .forEach(pin -> log.append(new LogBody.Unpin(pin.pin())));
  }

  /// A volume is made from one snapshot, so that it needs one pin.
  private static Bits128 pinOf(UUID clone) {
    return Bits128.of(clone);
  }

  /// The contents of a snapshot, to be written elsewhere.
  public SnapshotExport export(SnapshotId id) {
    return new SnapshotExport(reader(id), new ProgressMeter(clock));
  }

  /// What differs between two snapshots, of one volume or of volumes with one data key.
  ///
  /// @param before what to compare with; nothing, to be told of all that a snapshot has
  /// @throws SnapshotException.IncorrectState if their data keys differ, so that they share nothing
  public SnapshotDiff diff(Optional<SnapshotId> before, SnapshotId after) {
    SnapshotReader later = reader(after);
    Optional<SnapshotReader> earlier = before.map(this::reader);
    Bits128 key = later.frames().seals().keyId();
    if (earlier.filter(reader -> !reader.frames().seals().keyId().equals(key)).isPresent()) {
      throw new SnapshotException.IncorrectState(
          "snapshots have different data keys before=%s after=%s"
              .formatted(before.orElseThrow(), after));
    }
    return new SnapshotDiff(earlier, later, new ProgressMeter(clock));
  }

  /// What a snapshot is known by to those that build on it.
  ParentSnapshot parentOf(SnapshotId id) {
    LineageLog log = logs.find(id);
    SnapshotState state = completed(log, id);
    return new ParentSnapshot(
        log.volume(),
        state.seq(),
        state.begin().cutEpoch(),
        state.outcome().orElseThrow().rootMac()); // a completed one has it
  }

  /// The contents of a snapshot that is still the one that it was, shown or in the bin.
  Optional<SnapshotReader> readerOf(ParentSnapshot known) {
    LineageLog log = logs.of(known.volume());
    return log.refresh()
        .snapshot(known.seq())
        .filter(SnapshotState::isLive)
        .filter(state -> state.outcome().orElseThrow().rootMac().equals(known.rootMac()))
        .map(state -> reader(log, state));
  }

  /// Begins a snapshot of a view of another store's snapshot.
  PendingSnapshot copyFrom(SnapshotRequest request) {
    return maker.begin(
        request, new SnapshotMaker.Terms(Optional.empty(), Integer.MAX_VALUE, false, NOBODY));
  }

  /// A check of all that is in the store.
  public StoreCheck check() {
    return new StoreCheck(store, logs, random);
  }

  /// Deletes a snapshot for good. What it alone has stays in the store until [#collect].
  ///
  /// A failed one is removed from the log and from the store at once.
  ///
  /// @throws SnapshotException.Locked if it is locked
  /// @throws SnapshotException.IncorrectState if it is pending
  public void delete(SnapshotId id) {
    LineageLog log = logs.find(id);
    SnapshotState state = retention.deletable(log.state(), id);
    if (state.phase() == Phase.ABORTED) {
      collector.removeFailed(log, state);
    } else {
      retention.delete(log, id);
    }
  }

  /// Puts a snapshot into the recycle bin: it is hidden, and deleted for good by the first
  /// [#expire] after some time.
  ///
  /// @param keep for how long, up to 365 days
  public void trash(SnapshotId id, Duration keep) {
    retention.trash(logs.find(id), id, keep);
  }

  /// Takes a snapshot out of the recycle bin.
  public void restoreFromBin(SnapshotId id) {
    retention.restore(logs.find(id), id);
  }

  /// The snapshots of a volume that are in the recycle bin, oldest first.
  public List<SnapshotInfo> bin(UUID volume) {
    return list(volume, state -> state.phase() == Phase.TRASHED);
  }

  /// Deletes those snapshots of a volume for good that were in the recycle bin for long enough.
  public void expire(UUID volume) {
    LineageLog log = logs.of(volume);
    log.refresh();
    retention.expire(log);
  }

  /// Locks a completed snapshot, or changes its lock as far as that can be changed.
  ///
  /// @param mode governance or compliance
  /// @param coolOff how long a compliance lock can still be undone, 1 to 72 hours; nothing for not
  ///   at all, or for what an earlier one says
  /// @param until when it ends, up to 36,500 days from now
  /// @throws SnapshotException.Locked if there is a compliance lock that this would weaken
  public void lock(
      SnapshotId id, LogBody.LockMode mode, Optional<Duration> coolOff, Instant until) {
    retention.lock(logs.find(id), id, mode, coolOff, until);
  }

  /// Takes away a governance lock, or a compliance lock that has not cooled off.
  ///
  /// @throws SnapshotException.Locked if it has
  public void unlock(SnapshotId id) {
    retention.unlock(logs.find(id), id);
  }

  /// How many bytes of the store the next [#collect] would remove if a snapshot were deleted now,
  /// beyond what it removes anyway: the sizes of packs that hold nothing else, of its root and of
  /// its pointer. Less if something else has been deleted by then, and nothing as long as it is
  /// pinned or a snapshot that builds on it is pending.
  public long wouldFreeBytes(SnapshotId id) {
    LineageLog log = logs.find(id);
    SnapshotState state = retention.deletable(log.state(), id);
    return state.phase() == Phase.ABORTED
        ? 0
        : collector.wouldFreeBytes(log.state(), Set.of(state.seq()));
  }

  /// Removes from the store what deleted and failed snapshots of a volume leave behind. May run
  /// beside anything, also beside other processes that do the same, and can be repeated.
  public CollectorReport collect(UUID volume) {
    return collector.collect(volume);
  }

  /// Does the same, and removes what only a list of all objects of the volume's snapshots can tell
  /// that nothing leads to it.
  public CollectorReport sweep(UUID volume) {
    return collector.sweep(volume);
  }

  /// The bytes that [#sweep] would remove. Removes nothing.
  public long wouldSweepBytes(UUID volume) {
    return collector.wouldSweepBytes(volume);
  }

  /// Removes pointers from the names of snapshots of which nothing is left; comes after [#sweep] of
  /// the volumes.
  public CollectorReport sweepPointers(List<UUID> volumes) {
    return collector.sweepPointers(volumes);
  }

  /// What a volume's snapshots take in the store. Lists all of their objects.
  public StoreStats stats(UUID volume) {
    return collector.stats(volume);
  }

  SnapshotReader reader(SnapshotId id) {
    LineageLog log = logs.find(id);
    return reader(log, completed(log, id));
  }

  private SnapshotReader reader(LineageLog log, SnapshotState state) {
    return new SnapshotReader(logs.frames(log.volume()), root(log, state), cache);
  }

  private SnapshotRoot root(LineageLog log, SnapshotState state) {
    try {
      return logs.root(log.volume(), state);
    } catch (SnapshotException.Corrupt e) {
      throw e.of(state.begin().id());
    }
  }

  private static SnapshotState completed(LineageLog log, SnapshotId id) {
    SnapshotState state = shown(log, id);
    if (state.phase() != Phase.COMPLETED) {
      throw new SnapshotException.IncorrectState(
          "snapshot is %s id=%s".formatted(state.phase(), id));
    }
    return state;
  }

  private static SnapshotState pinned(LineageLog log, SnapshotId id, UUID clone) {
    return log.state()
        .snapshot(id)
        .filter(state -> log.state().isPinnedBy(state.seq(), clone))
        .orElseThrow(() ->
            new SnapshotException.IncorrectState(
                "snapshot is not pinned id=%s volume=%s".formatted(id, clone)));
  }

  private static SnapshotState shown(LineageLog log, SnapshotId id) {
    return log.state()
        .snapshot(id)
        .filter(state -> stateOf(state).isPresent())
        .orElseThrow(() -> LineageLogs.noSuch(id));
  }

  private SnapshotInfo info(UUID volume, SnapshotState state, Optional<SnapshotRoot> root) {
    Optional<LogBody.Commit> commit = state.outcome();
    Seals seals = logs.sealsOf(volume);
    boolean completed = state.isLive();
    int percent =
        completed
            ? 100
            : progress(state.begin().id())
                .map(progress -> Math.min(99, progress.percent()))
                .orElse(0);
    return new SnapshotInfo(
        state.begin().id(),
        volume,
        state.seq(),
        stateOf(state).orElseThrow(),
        state.reason(),
        percent,
        Instant.ofEpochMilli(state.beginMillis()),
        completed ? Optional.of(Instant.ofEpochMilli(state.phaseMillis())) : Optional.empty(),
        state.phase() == Phase.TRASHED
            ? Optional.of(Instant.ofEpochMilli(state.untilMillis()))
            : Optional.empty(),
        state.lock().map(lock -> SnapshotLock.of(lock, clock.millis())),
        state.begin().sizeBytes(),
        commit.map(LogBody.Commit::fullBytes).orElse(0L),
        commit.map(LogBody.Commit::storedBytes).orElse(0L),
        seals.scheme() != 0,
        seals.keyId(),
        root.map(r -> r.about().description()).orElse(""),
        root.map(r -> r.about().tags()).orElse(Map.of()),
        root.map(r -> r.about().attributes()).orElse(Map.of()));
  }

  /// The state users see; nothing if they see no snapshot.
  private static Optional<SnapshotInfo.State> stateOf(SnapshotState state) {
    return switch (state.phase()) {
      case PENDING -> Optional.of(SnapshotInfo.State.PENDING);
      case COMPLETED -> Optional.of(SnapshotInfo.State.COMPLETED);
      case ABORTED -> Optional.of(SnapshotInfo.State.ERROR);
      case TRASHED -> Optional.of(SnapshotInfo.State.RECOVERABLE);
      case DELETED, COLLECTED -> Optional.empty();
    };
  }
}
