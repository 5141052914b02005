package dev.quarry.snapshot;

import dev.quarry.snapshot.LogBody.LockMode;
import dev.quarry.snapshot.SnapshotState.Phase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Decides what becomes of snapshots that somebody wants to delete, keep or lock, and says so in
/// their logs. What is deleted for good stays in the store until it is collected.
///
/// Errors are [SnapshotException]s. Safe for use by many threads, and beside other processes.
final class SnapshotRetention {
  /// The longest a lock can be made for (EC2 API reference, "LockSnapshot").
  static final Duration MAX_LOCK = Duration.ofDays(36_500);

  /// The longest a compliance lock can take to cool off (the same).
  static final Duration MAX_COOL_OFF = Duration.ofHours(72);

  /// The longest a snapshot is kept in the bin (EBS User Guide, "Recycle Bin").
  static final Duration MAX_RETENTION = Duration.ofDays(365);

  private final Clock clock;

  SnapshotRetention(Clock clock) {
    this.clock = clock;
  }

  /// Deletes a snapshot for good, be it in the bin or not.
  void delete(LineageLog log, SnapshotId id) {
    log.append(lineage -> new LogBody.Delete(deletable(lineage, id).seq()));
  }

  /// Hides a snapshot and keeps it for a while.
  void trash(LineageLog log, SnapshotId id, Duration retention) {
    if (retention.isNegative() || retention.isZero() || retention.compareTo(MAX_RETENTION) > 0) {
      throw new IllegalArgumentException(
          "snapshots are kept in the bin for up to 365 days retention=" + retention);
    }
    log.append(lineage -> {
      SnapshotState state = deletable(lineage, id);
      if (state.phase() != Phase.COMPLETED) {
        throw new SnapshotException.IncorrectState("snapshot is in the bin already id=" + id);
      }
      return new LogBody.Trash(state.seq(), clock.millis() + retention.toMillis());
    });
  }

  /// Shows a snapshot again that is in the bin.
  void restore(LineageLog log, SnapshotId id) {
    log.append(lineage -> {
      SnapshotState state = there(lineage, id);
      if (state.phase() != Phase.TRASHED) {
        throw new SnapshotException.IncorrectState("snapshot is not in the bin id=" + id);
      }
      return new LogBody.Untrash(state.seq());
    });
  }

  /// Deletes what was in the bin for as long as it was to be kept.
  void expire(LineageLog log) {
    for (SnapshotState state : log.state().snapshots().values()) {
      SnapshotId id = state.begin().id();
      if (isOver(state)) {
        try {
          log.append(lineage -> overdue(lineage, id));
        } catch (SnapshotException.IncorrectState e) {
          if (isOver(there(log.state(), id))) {
            throw e;
          }
        }
      }
    }
  }

  private LogBody overdue(Lineage lineage, SnapshotId id) {
    SnapshotState state = there(lineage, id);
    if (!isOver(state)) { // somebody restored it meanwhile
      throw new SnapshotException.IncorrectState("snapshot is not in the bin id=" + id);
    }
    return new LogBody.Delete(state.seq());
  }

  private boolean isOver(SnapshotState state) {
    return state.phase() == Phase.TRASHED && state.untilMillis() <= clock.millis();
  }

  /// Locks a snapshot, or changes its lock.
  ///
  /// @param coolOff how long a compliance lock can still be undone; nothing for not at all, or for
  ///   what an earlier one says
  void lock(
      LineageLog log, SnapshotId id, LockMode mode, Optional<Duration> coolOff, Instant until) {
    long now = clock.millis();
    checkLock(mode, coolOff, until.toEpochMilli() - now);
    log.append(lineage -> {
      SnapshotState state = completed(lineage, id);
      Optional<LogBody.Lock> held = state.lock().filter(lock -> lock.untilMillis() > now);
      if (isHard(held, now) && (coolOff.isPresent() || isLess(held.get(), mode, until))) {
        throw new SnapshotException.Locked(
            "snapshot is locked for compliance; the lock can only be made longer id=" + id);
      }
      long coolOffUntil =
          coolOff
              .map(time -> now + time.toMillis())
              .or(() ->
                  held.filter(lock -> lock.mode() == mode).map(LogBody.Lock::coolOffUntilMillis))
              .orElse(now);
      return new LogBody.Lock(state.seq(), mode, coolOffUntil, until.toEpochMilli());
    });
  }

  /// Takes a lock away.
  void unlock(LineageLog log, SnapshotId id) {
    long now = clock.millis();
    log.append(lineage -> {
      SnapshotState state = completed(lineage, id);
      if (state.lock().isEmpty()) {
        throw new SnapshotException.IncorrectState("snapshot is not locked id=" + id);
      }
      if (isHard(state.lock(), now)) {
        throw new SnapshotException.Locked(
            "snapshot is locked for compliance and cannot be unlocked id=" + id);
      }
      return new LogBody.Lock(state.seq(), LockMode.NONE, now, now);
    });
  }

  private static boolean isLess(LogBody.Lock held, LockMode mode, Instant until) {
    return mode != LockMode.COMPLIANCE || until.toEpochMilli() < held.untilMillis();
  }

  /// Whether a lock can only be made longer.
  private static boolean isHard(Optional<LogBody.Lock> lock, long now) {
    return lock.map(held -> SnapshotLock.of(held, now).state())
        .filter(state -> state == SnapshotLock.State.COMPLIANCE)
        .isPresent();
  }

  private static void checkLock(LockMode mode, Optional<Duration> coolOff, long forMillis) {
    if (mode == LockMode.NONE || forMillis <= 0 || forMillis > MAX_LOCK.toMillis()) {
      throw new IllegalArgumentException(
          "locks are for up to 36,500 days from now mode=%s millis=%d".formatted(mode, forMillis));
    }
    if (coolOff.isPresent()
        && (mode != LockMode.COMPLIANCE
            || coolOff.get().compareTo(Duration.ofHours(1)) < 0
            || coolOff.get().compareTo(MAX_COOL_OFF) > 0)) {
      throw new IllegalArgumentException(
          "compliance locks cool off within 1 to 72 hours mode=%s time=%s"
              .formatted(mode, coolOff.get()));
    }
  }

  /// A snapshot that may be deleted now.
  ///
  /// @throws SnapshotException.IncorrectState if it is pending
  /// @throws SnapshotException.Locked if it is locked
  SnapshotState deletable(Lineage lineage, SnapshotId id) {
    SnapshotState state = there(lineage, id);
    if (state.phase() == Phase.PENDING) {
      throw new SnapshotException.IncorrectState(
          "snapshot is pending; delete it when it is completed id=" + id);
    }
    if (state.isLockedAt(clock.millis())) {
      throw new SnapshotException.Locked("snapshot is locked id=" + id);
    }
    return state;
  }

  private static SnapshotState completed(Lineage lineage, SnapshotId id) {
    SnapshotState state = there(lineage, id);
    if (state.phase() != Phase.COMPLETED) {
      throw new SnapshotException.IncorrectState(
          "snapshot is %s id=%s".formatted(state.phase(), id));
    }
    return state;
  }

  private static SnapshotState there(Lineage lineage, SnapshotId id) {
    return lineage
        .snapshot(id)
        .filter(state -> state.phase() != Phase.DELETED && state.phase() != Phase.COLLECTED)
        .orElseThrow(() -> LineageLogs.noSuch(id));
  }
}
