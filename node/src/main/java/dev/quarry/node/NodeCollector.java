package dev.quarry.node;

import dev.quarry.posix.Priority;
import dev.quarry.snapshot.CollectorReport;
import dev.quarry.snapshot.SnapshotErrors;
import dev.quarry.snapshot.SnapshotException;
import dev.quarry.snapshot.SnapshotService;
import dev.quarry.snapshot.StoreStats;
import dev.quarry.volume.ControlException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes from a node's store what deleted snapshots leave behind: after each deletion, every
/// hour, and when somebody asks for it. One thread of low priority does all of it.
///
/// Safe for use by many threads, and beside other nodes on the same store.
final class NodeCollector implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeCollector.class);

  /// How often the recycle bin is looked at, and what waited for a pin or a pending snapshot.
  private static final Duration PERIOD = Duration.ofHours(1);

  private final SnapshotService service;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(work ->
          Thread.ofPlatform().daemon().name("collector").unstarted(Priority.background(work)));
  private volatile boolean ended;
  private Optional<Run> latest = Optional.empty(); // guarded by this

  /// How far a collection of the whole store is.
  ///
  /// @param dryRun whether it only finds out what would be removed
  /// @param running whether it goes on
  /// @param lineages how many there are
  /// @param done how many it is done with
  /// @param skipped how many could not be looked at, because of their key or of what is damaged
  /// @param report what was done
  /// @param wouldFreeBytes what a dry run found
  record Run(
      boolean dryRun,
      boolean running,
      int lineages,
      int done,
      int skipped,
      CollectorReport report,
      long wouldFreeBytes) {}

  NodeCollector(SnapshotService service) {
    this.service = service;
  }

  /// Begins to look after the store.
  void start() {
    thread.scheduleWithFixedDelay(
        this::collectAll, PERIOD.toNanos(), PERIOD.toNanos(), TimeUnit.NANOSECONDS);
  }

  /// Collects a lineage in the background.
  void collectSoon(UUID lineage) {
    thread.execute(() -> collect(lineage));
  }

  private void collectAll() {
    try {
      for (UUID lineage : service.lineages()) {
        if (ended) {
          return;
        }
        collect(lineage);
      }
    } catch (SnapshotException e) {
      LOG.atWarn().setMessage("store is not looked after this time").setCause(e).log();
    }
  }

  private void collect(UUID lineage) {
    try {
      service.expire(lineage);
      CollectorReport report = service.collect(lineage);
      if (report.snapshots() > 0) {
        LOG.atInfo()
            .setMessage("deleted snapshots are collected")
            .addKeyValue("lineage", lineage)
            .addKeyValue("snapshots", report.snapshots())
            .addKeyValue("bytes", report.bytes())
            .log();
      }
    } catch (RuntimeException e) { // what ends a scheduled task ends it for good
      if (!ended) {
        LOG.atWarn()
            .setMessage("deleted snapshots are not collected this time")
            .addKeyValue("lineage", lineage)
            .setCause(e)
            .log();
      }
    }
  }

  /// Begins to collect the whole store, with a list of all its objects.
  ///
  /// @throws ControlException.Conflict if that is going on
  synchronized Run begin(boolean dryRun) {
    if (latest.filter(Run::running).isPresent()) {
      throw new ControlException.Conflict(
          "IncorrectState", "The store is being collected; wait until that has ended.");
    }
    Run run = new Run(dryRun, true, 0, 0, 0, CollectorReport.NOTHING, 0);
    latest = Optional.of(run);
    thread.execute(() -> sweep(run));
    return run;
  }

  /// How far the latest one is.
  ///
  /// @throws ControlException.NotFound if there was none
  synchronized Run latest() {
    return latest.orElseThrow(() ->
        new ControlException.NotFound(
            "InvalidParameterValue", "The store was not collected since the node started."));
  }

  private synchronized void put(Run run) {
    latest = Optional.of(run);
  }

  private void sweep(Run begun) {
    Run run = begun;
    try {
      List<UUID> lineages = service.lineages();
      for (int i = 0; i < lineages.size() && !ended; i++) {
        run = swept(run, lineages.get(i), lineages.size());
        put(run);
      }
      if (!begun.dryRun()) {
        run = with(run, service.sweepPointers(lineages));
      }
    } catch (RuntimeException e) {
      LOG.atWarn().setMessage("store is not collected").setCause(e).log();
    } finally {
      put(
          new Run(
              run.dryRun(),
              false,
              run.lineages(),
              run.done(),
              run.skipped(),
              run.report(),
              run.wouldFreeBytes()));
    }
  }

  private Run swept(Run run, UUID lineage, int lineages) {
    CollectorReport report = CollectorReport.NOTHING;
    long bytes = 0;
    int skipped = 0;
    try {
      if (run.dryRun()) {
        bytes = service.wouldSweepBytes(lineage);
      } else {
        service.expire(lineage);
        report = service.sweep(lineage);
      }
    } catch (SnapshotException e) {
      LOG.atWarn()
          .setMessage("lineage is not collected")
          .addKeyValue("lineage", lineage)
          .setCause(e)
          .log();
      skipped = 1;
    }
    return new Run(
        run.dryRun(),
        true,
        lineages,
        run.done() + 1,
        run.skipped() + skipped,
        run.report().plus(report),
        run.wouldFreeBytes() + bytes);
  }

  private static Run with(Run run, CollectorReport more) {
    return new Run(
        run.dryRun(),
        run.running(),
        run.lineages(),
        run.done(),
        run.skipped(),
        run.report().plus(more),
        run.wouldFreeBytes());
  }

  /// What is in the store.
  StoreStats stats() {
    return SnapshotErrors.translated(() ->
        service.lineages().stream()
            .map(service::stats)
            .reduce(StoreStats.NOTHING, StoreStats::plus));
  }

  /// Begins no more work. What is going on ends with the store.
  @Override
  public void close() {
    ended = true;
    thread.shutdown();
  }
}
