package dev.quarry.snapshot;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// A snapshot that is being made. Safe for use by many threads.
public final class PendingSnapshot {
  private final SnapshotId id;
  private final LogBody.Begin begin;
  private final ProgressMeter meter;
  private final StopFlag stop;
  private final CompletableFuture<ParentSnapshot> done = new CompletableFuture<>();

  PendingSnapshot(SnapshotId id, LogBody.Begin begin, ProgressMeter meter, StopFlag stop) {
    this.id = id;
    this.begin = begin;
    this.meter = meter;
    this.stop = stop;
  }

  /// Its name.
  public SnapshotId id() {
    return id;
  }

  /// How far it is.
  public Progress progress() {
    return meter.now();
  }

  /// Asks for it not to be made. It ends soon; what it uploaded is not used.
  public void cancel() {
    stop.stop();
  }

  /// Whether it has ended.
  boolean isDone() {
    return done.isDone();
  }

  /// Waits for it to complete.
  ///
  /// @return what the volume has to remember, so that the next one builds on this
  /// @throws SnapshotException why it was not completed
  public ParentSnapshot await() {
    try {
      return done.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof SnapshotException known) {
        throw known;
      }
      throw e;
    }
  }

  LogBody.Begin begin() {
    return begin;
  }

  StopFlag stop() {
    return stop;
  }

  ProgressMeter meter() {
    return meter;
  }

  void completed(ParentSnapshot snapshot) {
    done.complete(snapshot);
  }

  void failed(SnapshotException why) {
    done.completeExceptionally(why);
  }
}
