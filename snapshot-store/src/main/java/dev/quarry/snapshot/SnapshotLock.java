package dev.quarry.snapshot;

import dev.quarry.snapshot.LogBody.LockMode;
import java.time.Instant;

/// What protects a snapshot from being deleted, as users see it (EBS User Guide, "Snapshot lock").
///
/// @param mode governance or compliance
/// @param state what of it holds now
/// @param coolOffUntil until when a compliance lock can still be undone; with a governance lock, or
///   without a time to cool off, the moment it was locked
/// @param until when it ends
public record SnapshotLock(LockMode mode, State state, Instant coolOffUntil, Instant until) {
  /// What holds at a time.
  public enum State {
    /// It can be unlocked, but not deleted.
    GOVERNANCE,
    /// It can still be unlocked.
    COMPLIANCE_COOLOFF,
    /// It can be locked for longer, and nothing else.
    COMPLIANCE,
    /// It protects no more.
    EXPIRED
  }

  static SnapshotLock of(LogBody.Lock lock, long nowMillis) {
    return new SnapshotLock(
        lock.mode(),
        stateOf(lock, nowMillis),
        Instant.ofEpochMilli(lock.coolOffUntilMillis()),
        Instant.ofEpochMilli(lock.untilMillis()));
  }

  private static State stateOf(LogBody.Lock lock, long nowMillis) {
    if (lock.untilMillis() <= nowMillis) {
      return State.EXPIRED;
    }
    return switch (lock.mode()) {
      case NONE -> State.EXPIRED; // not in a log's state
      case GOVERNANCE -> State.GOVERNANCE;
      case COMPLIANCE ->
          lock.coolOffUntilMillis() > nowMillis ? State.COMPLIANCE_COOLOFF : State.COMPLIANCE;
    };
  }
}
