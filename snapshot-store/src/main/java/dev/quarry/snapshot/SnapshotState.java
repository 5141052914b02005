package dev.quarry.snapshot;

import dev.quarry.snapshot.LogBody.LockMode;
import dev.quarry.snapshot.LogBody.SnapshotRef;
import java.util.Optional;

/// What the log says of a snapshot.
///
/// @param begin how it was begun
/// @param beginMillis when, in milliseconds since 1970
/// @param phase how far it is
/// @param outcome how it was completed, if it was
/// @param phaseMillis when it came into its phase
/// @param untilMillis for a hidden one, until when it is kept
/// @param reason for an aborted one, why
/// @param lock what protects it
public record SnapshotState(
    LogBody.Begin begin,
    long beginMillis,
    Phase phase,
    Optional<LogBody.Commit> outcome,
    long phaseMillis,
    long untilMillis,
    String reason,
    Optional<LogBody.Lock> lock) {

  /// How far a snapshot is.
  public enum Phase {
    /// Begun, and not yet complete.
    PENDING,
    /// Complete and shown.
    COMPLETED,
    /// Never completed; what was uploaded for it can go.
    ABORTED,
    /// Complete and hidden in the recycle bin.
    TRASHED,
    /// Gone for users. Its frames may still be needed by others.
    DELETED,
    /// Gone from the store too.
    COLLECTED
  }

  static SnapshotState begun(LogBody.Begin begin, long timeMillis) {
    return new SnapshotState(
        begin, timeMillis, Phase.PENDING, Optional.empty(), timeMillis, 0, "", Optional.empty());
  }

  SnapshotState in(Phase next, long timeMillis) {
    return new SnapshotState(begin, beginMillis, next, outcome, timeMillis, 0, reason, lock);
  }

  SnapshotState completed(LogBody.Commit commit, long timeMillis) {
    return new SnapshotState(
        begin, beginMillis, Phase.COMPLETED, Optional.of(commit), timeMillis, 0, "", lock);
  }

  SnapshotState aborted(String why, long timeMillis) {
    return new SnapshotState(
        begin, beginMillis, Phase.ABORTED, Optional.empty(), timeMillis, 0, why, lock);
  }

  SnapshotState trashed(long until, long timeMillis) {
    return new SnapshotState(
        begin, beginMillis, Phase.TRASHED, outcome, timeMillis, until, "", lock);
  }

  SnapshotState locked(LogBody.Lock by) {
    return new SnapshotState(
        begin,
        beginMillis,
        phase,
        outcome,
        phaseMillis,
        untilMillis,
        reason,
        by.mode() == LockMode.NONE ? Optional.empty() : Optional.of(by));
  }

  /// The number in its lineage.
  public long seq() {
    return begin.seq();
  }

  /// The snapshot it builds on.
  public Optional<SnapshotRef> parent() {
    return begin.parent();
  }

  /// Whether all its frames have to be there: it is complete and not deleted, shown or hidden.
  public boolean isLive() {
    return phase == Phase.COMPLETED || phase == Phase.TRASHED;
  }

  /// Whether something forbids to delete it at that time.
  boolean isLockedAt(long timeMillis) {
    return lock.isPresent() && lock.get().untilMillis() > timeMillis;
  }
}
