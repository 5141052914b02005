package dev.quarry.snapshot;

import dev.quarry.block.VolumeException;
import dev.quarry.objects.ObjectStore;
import dev.quarry.snapshot.SnapshotRoot.About;
import dev.quarry.snapshot.SnapshotState.Phase;
import dev.quarry.volume.ChunkSource;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes, lists and reads snapshots in a store: the way in.
///
/// A process that makes snapshots of a volume calls [#takeOver] first, which fences whoever did so
/// before and ends what that one left pending. Others may list and read at any time.
///
/// Errors are [SnapshotException]s. Safe for use by many threads.
public final class SnapshotService {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotService.class);

  /// How much memory the pages of one snapshot that is being read may take, in bytes.
  private static final long READER_CACHE_BYTES = 16L << 20;

  private final ObjectStore store;
  private final Keyring keyring;
  private final Anchors anchors;
  private final Clock clock;
  private final RandomGenerator random;
  private final WriterLimits limits;
  private final ConcurrentMap<UUID, LineageLog> logs = new ConcurrentHashMap<>();
  private final ConcurrentMap<SnapshotId, PendingSnapshot> pending = new ConcurrentHashMap<>();

  /// @param anchors memory, outside of the store, of how far logs were seen to reach
  /// @param random has to be hard to guess and never to repeat: a SecureRandom
  public SnapshotService(
      ObjectStore store,
      Keyring keyring,
      Anchors anchors,
      Clock clock,
      RandomGenerator random,
      WriterLimits limits) {
    this.store = store;
    this.keyring = keyring;
    this.anchors = anchors;
    this.clock = clock;
    this.random = random;
    this.limits = limits;
  }

  /// Makes this process the one that makes snapshots of a volume. What another process left pending
  /// is completed, if all of it was durable, or aborted; what it covered is covered by the next
  /// one.
  public void takeOver(UUID volume) {
    LineageLog log = logOf(volume);
    log.takeOver();
    Seals seals = keyring.sealsOf(volume);
    for (SnapshotState left : log.state().pending()) {
      if (!pending.containsKey(left.begin().id())) {
        log.append(new Leftover(store, seals, log.state(), left).resolution());
      }
    }
  }

  /// What the next snapshot of a volume can build on: the snapshot that the volume remembers, if
  /// the log still has it as the volume remembers it. Nothing if the next one has to be full.
  public Optional<ParentSnapshot> parentFor(Optional<ParentSnapshot> remembered) {
    return remembered.filter(parent ->
        logOf(parent.volume())
            .refresh()
            .snapshot(parent.seq())
            .filter(SnapshotState::isLive)
            .flatMap(SnapshotState::outcome)
            .filter(commit -> commit.rootMac().equals(parent.rootMac()))
            .isPresent());
  }

  /// Begins a snapshot. When this returns it is pending, and is being made in the background.
  ///
  /// @param maxPending how many may be pending of the volume at a time, this one included
  /// @throws SnapshotException.LimitExceeded if so many are
  public PendingSnapshot create(SnapshotRequest request, int maxPending) {
    return create(request, Optional.empty(), maxPending, limits);
  }

  /// Begins a snapshot of a file's contents, which nobody may change meanwhile.
  ///
  /// @param volume a lineage that was taken over; a new one for contents that have none
  /// @param sizeBytes how much of the file, from its beginning
  public PendingSnapshot importFile(
      UUID volume, FileChannel file, long sizeBytes, String description, Map<String, String> tags) {
    return create(
        imported(volume, ImportView.ofFile(file, sizeBytes), description, tags),
        Optional.empty(),
        Integer.MAX_VALUE,
        limits);
  }

  /// Begins a snapshot of what a stream has, which is read by one thread from its beginning.
  ///
  /// @param volume a lineage that was taken over; a new one for contents that have none
  /// @param sizeBytes how much the stream has; if it ends earlier, the snapshot fails
  public PendingSnapshot importStream(
      UUID volume,
      ReadableByteChannel stream,
      long sizeBytes,
      String description,
      Map<String, String> tags) {
    return create(
        imported(volume, ImportView.ofStream(stream, sizeBytes), description, tags),
        Optional.empty(),
        Integer.MAX_VALUE,
        new WriterLimits(1, limits.packs(), limits.cacheBytes()));
  }

  private static SnapshotRequest imported(
      UUID volume, ImportView view, String description, Map<String, String> tags) {
    return new SnapshotRequest(
        volume, view, Optional.empty(), description, tags, Map.of(), Hints.NONE);
  }

  /// Begins snapshots of several volumes that were frozen at one instant.
  public List<PendingSnapshot> createGroup(List<SnapshotRequest> requests, int maxPending) {
    Optional<UUID> group = Optional.of(new UUID(random.nextLong(), random.nextLong()));
    List<PendingSnapshot> begun = new ArrayList<>();
    try {
      for (SnapshotRequest request : requests) {
        begun.add(create(request, group, maxPending, limits));
      }
      return begun;
    } catch (RuntimeException e) {
      begun.forEach(PendingSnapshot::cancel); // all or none
      requests.stream().skip(begun.size() + 1L).forEach(SnapshotService::closeQuietly);
      throw e;
    }
  }

  /// The snapshots of a volume, oldest first, without those that are gone.
  public List<SnapshotInfo> list(UUID volume) {
    Lineage lineage = logOf(volume).refresh();
    return lineage.snapshots().values().stream()
        .filter(state -> stateOf(state).isPresent())
        .map(state -> info(volume, state, Optional.empty()))
        .toList();
  }

  /// A snapshot with all that its maker said of it.
  public SnapshotInfo show(SnapshotId id) {
    LineageLog log = find(id);
    SnapshotState state = stateOf(log, id);
    Optional<SnapshotRoot> root =
        state.isLive()
            ? Optional.of(
                SnapshotReader.root(store, keyring.sealsOf(log.volume()), log.state(), state))
            : Optional.empty();
    return info(log.volume(), state, root);
  }

  /// The contents of a snapshot, for a volume that is made from it.
  public ChunkSource source(SnapshotId id) {
    return new SnapshotSource(reader(id));
  }

  /// The contents of a snapshot, to be written elsewhere.
  public SnapshotExport export(SnapshotId id) {
    return new SnapshotExport(reader(id), new ProgressMeter(clock));
  }

  /// How the volume of a snapshot was used, for [HydrationOrder].
  public Hints hints(SnapshotId id) {
    return reader(id).hints();
  }

  /// What a volume that is made from a snapshot remembers as its parent.
  ///
  /// @param cutEpoch the epoch of the new volume that ended before its first write
  public ParentSnapshot asParent(SnapshotId id, long cutEpoch) {
    LineageLog log = find(id);
    SnapshotState state = stateOf(log, id);
    LogBody.Commit commit =
        state
            .outcome()
            .orElseThrow(
                () -> new SnapshotException.IncorrectState("snapshot is not completed id=" + id));
    return new ParentSnapshot(log.volume(), state.seq(), cutEpoch, commit.rootMac());
  }

  SnapshotReader reader(SnapshotId id) {
    LineageLog log = find(id);
    SnapshotState state = stateOf(log, id);
    if (state.phase() != Phase.COMPLETED) {
      throw new SnapshotException.IncorrectState(
          "snapshot is %s id=%s".formatted(state.phase(), id));
    }
    Seals seals = keyring.sealsOf(log.volume());
    SnapshotRoot root = SnapshotReader.root(store, seals, log.state(), state);
    return new SnapshotReader(store, seals, root, new PageCache(READER_CACHE_BYTES));
  }

  private PendingSnapshot create(
      SnapshotRequest request, Optional<UUID> group, int maxPending, WriterLimits with) {
    try {
      LineageLog log = logOf(request.volume());
      SnapshotId id = SnapshotId.random(random);
      long beganMillis = clock.millis();
      putPointer(id, request.volume());
      LogBody.Begin begin = begin(log, id, request, maxPending);
      PendingSnapshot job =
          new PendingSnapshot(id, begin, new ProgressMeter(clock), new StopFlag());
      pending.put(id, job);
      About about =
          new About(
              request.volume(),
              begin.seq(),
              id,
              begin.sizeBytes(),
              begin.cutEpoch(),
              beganMillis,
              request.description(),
              request.tags(),
              request.attributes(),
              group);
      Thread.ofPlatform()
          .daemon()
          .name("snapshot-" + id)
          .start(() -> make(request, about, job, log, with));
      return job;
    } catch (RuntimeException e) {
      closeQuietly(request);
      throw e;
    }
  }

  private static LogBody.Begin begin(
      LineageLog log, SnapshotId id, SnapshotRequest request, int maxPending) {
    Lineage lineage =
        log.append(state -> {
          if (state.pending().size() >= maxPending) {
            throw new SnapshotException.LimitExceeded(
                "too many snapshots are pending volume=%s pending=%d"
                    .formatted(state.volume(), state.pending().size()));
          }
          return new LogBody.Begin(
              state.lastSeq() + 1,
              id,
              request.parent().map(p -> new LogBody.Base(p.volume(), p.seq())),
              request.view().epoch(),
              request.view().sizeBytes());
        });
    return lineage.snapshot(id).orElseThrow().begin();
  }

  /// Makes a snapshot that was begun, to its commit or its abort.
  private void make(
      SnapshotRequest request,
      About about,
      PendingSnapshot job,
      LineageLog log,
      WriterLimits with) {
    try {
      Seals seals = keyring.sealsOf(request.volume());
      SnapshotWriter writer = new SnapshotWriter(store, seals, random, with, FoldPolicy.DEFAULT);
      SnapshotWriter.Written written;
      try (var view = request.view()) {
        written =
            writer.write(
                view,
                about,
                request.parent().map(this::base),
                request.hints(),
                job.meter(),
                job.stop());
      }
      commit(log, about, written);
      pending.remove(job.id());
      job.completed(
          new ParentSnapshot(about.volume(), about.seq(), about.cutEpoch(), written.rootMac()));
    } catch (VolumeException e) {
      abort(
          log,
          job,
          new SnapshotException.Unavailable("cannot read the volume: " + e.getMessage(), e));
    } catch (RuntimeException e) {
      abort(log, job, e);
    }
  }

  private void commit(LineageLog log, About about, SnapshotWriter.Written written) {
    SnapshotRoot root = written.root();
    LogBody.Commit commit =
        new LogBody.Commit(
            about.seq(),
            written.attempt(),
            written.rootMac(),
            root.fullSizeBytes(),
            root.counts().storedBytes());
    try {
      log.append(commit);
    } catch (SnapshotException.Unavailable e) {
      // The answer was lost, perhaps not the entry.
      if (log.refresh().snapshot(about.seq()).flatMap(SnapshotState::outcome).isEmpty()) {
        throw e;
      }
    }
  }

  private void abort(LineageLog log, PendingSnapshot job, RuntimeException why) {
    LOG.warn("snapshot failed snapshot={}", job.id(), why);
    try {
      log.append(new LogBody.Abort(job.begin().seq(), String.valueOf(why.getMessage())));
    } catch (RuntimeException e) {
      // Whoever takes the log over next ends it.
      LOG.warn("snapshot stays pending snapshot={}", job.id(), e);
    }
    pending.remove(job.id());
    job.failed(why);
  }

  private SnapshotWriter.Base base(ParentSnapshot parent) {
    Lineage lineage = logOf(parent.volume()).state();
    SnapshotState state =
        lineage
            .snapshot(parent.seq())
            .orElseThrow(() ->
                new SnapshotException.NotFound(
                    "no such parent volume=%s seq=%d".formatted(parent.volume(), parent.seq())));
    SnapshotRoot root =
        SnapshotReader.root(store, keyring.sealsOf(parent.volume()), lineage, state);
    return new SnapshotWriter.Base(root, parent.rootMac());
  }

  private LineageLog logOf(UUID volume) {
    return logs.computeIfAbsent(
        volume,
        _ -> LineageLog.open(store, keyring.sealsOf(volume), volume, anchors, clock, random));
  }

  private LineageLog find(SnapshotId id) {
    String name = ObjectNames.pointer(id);
    UUID volume =
        Stores.run(() -> store.get(name))
            .map(bytes -> PointerCodec.decode(name, bytes))
            .orElseThrow(() -> noSuch(id));
    LineageLog log = logOf(volume);
    log.refresh();
    return log;
  }

  private SnapshotState stateOf(LineageLog log, SnapshotId id) {
    return log.state()
        .snapshot(id)
        .filter(state -> stateOf(state).isPresent())
        .orElseThrow(() -> noSuch(id));
  }

  private static SnapshotException.NotFound noSuch(SnapshotId id) {
    return new SnapshotException.NotFound("the snapshot does not exist id=" + id);
  }

  private void putPointer(SnapshotId id, UUID volume) {
    Stores.run(() -> store.putIfAbsent(ObjectNames.pointer(id), PointerCodec.encode(volume)));
  }

  private SnapshotInfo info(UUID volume, SnapshotState state, Optional<SnapshotRoot> root) {
    Optional<LogBody.Commit> commit = state.outcome();
    Seals seals = keyring.sealsOf(volume);
    boolean completed = state.isLive();
    int percent =
        completed
            ? 100
            : Optional.ofNullable(pending.get(state.begin().id()))
                .map(job -> Math.min(99, job.progress().percent()))
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

  private static void closeQuietly(SnapshotRequest request) {
    try {
      request.view().close();
    } catch (VolumeException e) {
      LOG.warn("cannot close a view volume={}", request.volume(), e);
    }
  }
}
