package dev.quarry.snapshot;

import dev.quarry.block.VolumeException;
import dev.quarry.objects.ObjectStore;
import dev.quarry.objects.ObjectStoreException;
import dev.quarry.posix.Priority;
import dev.quarry.snapshot.SnapshotRoot.About;
import dev.quarry.snapshot.SnapshotState.Phase;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes snapshots, each on a thread of its own, from the entry that begins it to the one that ends
/// it.
///
/// Safe for use by many threads.
final class SnapshotMaker {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotMaker.class);

  private final ObjectStore store;
  private final ObjectStore patient;
  private final LineageLogs logs;
  private final Clock clock;
  private final RandomGenerator random;
  private final WriterLimits limits;
  private final PackMemory memory;
  private final PageCache cache;
  private final ConcurrentMap<SnapshotId, PendingSnapshot> pending = new ConcurrentHashMap<>();

  /// Those of which this process may still append the entry that begins or ends them.
  private final Set<SnapshotId> mine = ConcurrentHashMap.newKeySet();

  /// @param store answers, or says that it cannot, while somebody waits
  /// @param patient the same, for what nobody waits for: a snapshot waits for it to come back
  SnapshotMaker(
      ObjectStore store,
      ObjectStore patient,
      LineageLogs logs,
      Clock clock,
      RandomGenerator random,
      WriterLimits limits,
      PageCache cache) {
    this.store = store;
    this.patient = patient;
    this.logs = logs;
    this.clock = clock;
    this.random = random;
    this.limits = limits;
    this.memory = new PackMemory(limits.packs());
    this.cache = cache;
  }

  /// How a snapshot is to be made.
  ///
  /// @param group the snapshots of other volumes that are taken at the same instant
  /// @param maxPending how many may be pending of the volume at a time, this one included
  /// @param inOrder whether the view can only be read from its beginning to its end
  /// @param remember is told what the volume has to remember, before anybody who waits is told: the
  ///   snapshot, once it is committed; nothing, if the volume's marks proved to be wrong
  record Terms(
      Optional<SnapshotGroup> group,
      int maxPending,
      boolean inOrder,
      Consumer<Optional<ParentSnapshot>> remember) {}

  /// Those that are being made by this process.
  Optional<PendingSnapshot> pending(SnapshotId id) {
    return Optional.ofNullable(pending.get(id));
  }

  /// Ends what the log has as pending and nobody makes: what an earlier process left, or this one
  /// because the store could not be reached when it failed. Does nothing if it is for another
  /// process to do so.
  void endLeftovers(LineageLog log) {
    if (!log.isOwn()) {
      return;
    }
    for (SnapshotState left : log.settled().pending()) {
      if (!mine.contains(left.begin().id())) {
        end(log, left);
      }
    }
  }

  private void end(LineageLog log, SnapshotState left) {
    Seals seals = logs.sealsOf(log.volume());
    try {
      log.append(new Leftover(store, seals, log.state(), left).resolution());
    } catch (SnapshotException.IncorrectState e) {
      boolean ended =
          log.state().snapshot(left.seq()).filter(s -> s.phase() != Phase.PENDING).isPresent();
      if (!ended) {
        throw e;
      }
    }
  }

  /// Begins a snapshot and leaves it to a thread. Closes the view in the end, however it comes.
  PendingSnapshot begin(SnapshotRequest request, Terms terms) {
    SnapshotId id = SnapshotId.random(random);
    mine.add(id);
    try {
      LineageLog log = logs.of(request.volume());
      endLeftovers(log);
      long beganMillis = clock.millis();
      logs.putPointer(id, request.volume());
      LogBody.Begin begin = begin(log, id, request, terms.maxPending());
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
              terms.group().map(SnapshotGroup::id));
      Thread.ofPlatform()
          .daemon()
          .name("snapshot-" + id)
          .start(Priority.background(() -> make(request, terms, about, job, log)));
      return job;
    } catch (RuntimeException | Error e) {
      pending.remove(id);
      mine.remove(id);
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
              request.parent().map(p -> new LogBody.SnapshotRef(p.volume(), p.seq())),
              request.view().epoch(),
              request.view().sizeBytes());
        });
    return lineage.snapshot(id).orElseThrow().begin();
  }

  /// Makes a snapshot that was begun, to its commit or its abort.
  private void make(
      SnapshotRequest request, Terms terms, About about, PendingSnapshot job, LineageLog log) {
    try {
      SnapshotWriter writer =
          new SnapshotWriter(
              patient,
              logs.frames(request.volume(), patient),
              random,
              terms.inOrder() ? limits.inOrder() : limits,
              memory,
              cache,
              FoldPolicy.DEFAULT);
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
      terms.group().ifPresent(group -> group.arrive(job.stop()));
      commitPatiently(log, about, written);
      ParentSnapshot made =
          new ParentSnapshot(about.volume(), about.seq(), about.cutEpoch(), written.rootMac());
      tell(terms, Optional.of(made));
      forget(job);
      job.completed(made);
    } catch (VolumeException e) {
      abort(
          terms,
          log,
          job,
          new SnapshotException.Unavailable("cannot read the volume: " + e.getMessage(), e));
    } catch (SnapshotException.Suspect e) {
      tell(terms, Optional.empty());
      abort(terms, log, job, e);
    } catch (SnapshotException e) {
      abort(terms, log, job, e);
    } catch (RuntimeException | Error e) { // whoever waits for it must not wait for ever
      abort(
          terms,
          log,
          job,
          new SnapshotException.Unavailable("making the snapshot failed: " + e, e));
    }
  }

  private void commitPatiently(LineageLog log, About about, SnapshotWriter.Written written) {
    String root = ObjectNames.root(about.volume(), about.seq(), written.attempt());
    for (boolean again = false; ; again = true) {
      try {
        if (!again || !isCommitted(log, about)) {
          commit(log, about, written);
        }
        return;
      } catch (SnapshotException.Unavailable e) {
        if (!(e.getCause() instanceof ObjectStoreException.Unavailable)) {
          throw e;
        }
        Stores.run(() -> patient.head(root)); // answers when the store is back
      }
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
      if (!isCommitted(log, about)) {
        throw e;
      }
    }
  }

  private static boolean isCommitted(LineageLog log, About about) {
    return log.refresh().snapshot(about.seq()).flatMap(SnapshotState::outcome).isPresent();
  }

  /// The snapshot is there, whatever becomes of this.
  private static void tell(Terms terms, Optional<ParentSnapshot> parent) {
    try {
      terms.remember().accept(parent);
    } catch (RuntimeException e) {
      LOG.warn("a volume cannot remember what its next snapshot builds on parent={}", parent, e);
    }
  }

  private void abort(Terms terms, LineageLog log, PendingSnapshot job, SnapshotException why) {
    terms.group().ifPresent(SnapshotGroup::fail);
    if (why instanceof SnapshotException.Cancelled) {
      LOG.info("snapshot was stopped snapshot={}", job.id());
    } else {
      LOG.warn("snapshot failed snapshot={}", job.id(), why);
    }
    try {
      log.append(new LogBody.Abort(job.begin().seq(), String.valueOf(why.getMessage())));
    } catch (RuntimeException e) {
      // The next snapshot ends it, or whoever takes the log over.
      LOG.warn("snapshot stays pending snapshot={}", job.id(), e);
    }
    forget(job);
    job.failed(why);
  }

  private void forget(PendingSnapshot job) {
    pending.remove(job.id());
    mine.remove(job.id());
  }

  private SnapshotWriter.ParentRoot base(ParentSnapshot parent) {
    SnapshotState state =
        logs.of(parent.volume())
            .state()
            .snapshot(parent.seq())
            .orElseThrow(() ->
                new SnapshotException.NotFound(
                    "no such parent volume=%s seq=%d".formatted(parent.volume(), parent.seq())));
    return new SnapshotWriter.ParentRoot(
        logs.root(parent.volume(), state, patient), parent.rootMac());
  }

  static void closeQuietly(SnapshotRequest request) {
    try {
      request.view().close();
    } catch (VolumeException e) {
      LOG.warn("cannot close a view volume={}", request.volume(), e);
    }
  }
}
