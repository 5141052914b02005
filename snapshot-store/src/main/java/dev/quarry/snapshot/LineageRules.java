package dev.quarry.snapshot;

import dev.quarry.snapshot.LogBody.LockMode;
import dev.quarry.snapshot.SnapshotState.Phase;
import java.util.Optional;
import java.util.Set;

/// When each kind of entry may be appended. What the invariants S2, S3 and S7 ask of the log is
/// decided here and nowhere else, by writers before they append and by readers after.
final class LineageRules {
  private LineageRules() {}

  /// Why an entry may not follow on a state, or nothing if it may.
  ///
  /// @param writerEpoch of the process that wants to append it
  /// @param timeMillis the time that the entry will carry
  static Optional<String> refusal(Lineage state, long writerEpoch, long timeMillis, LogBody body) {
    return switch (body) {
      case LogBody.Open open ->
          unless(
              open.writerEpoch() == state.writerEpoch() + 1 && writerEpoch == open.writerEpoch(),
              "writer epoch is not the next one epoch=" + open.writerEpoch());
      case LogBody.Begin begin -> refusal(state, writerEpoch, begin);
      case LogBody.Commit commit ->
          owned(state, writerEpoch).or(() -> phase(state, commit.seq(), Phase.PENDING));
      case LogBody.Abort abort -> phase(state, abort.seq(), Phase.PENDING);
      case LogBody.Trash trash ->
          phase(state, trash.seq(), Phase.COMPLETED)
              .or(() -> unlocked(state, trash.seq(), timeMillis));
      case LogBody.Untrash untrash -> phase(state, untrash.seq(), Phase.TRASHED);
      case LogBody.Delete delete ->
          phase(state, delete.seq(), Phase.COMPLETED, Phase.TRASHED)
              .or(() -> unlocked(state, delete.seq(), timeMillis));
      case LogBody.Collected collected ->
          phase(state, collected.seq(), Phase.DELETED, Phase.ABORTED)
              .or(() ->
                  unless(
                      !state.isNeeded(collected.seq()),
                      "snapshot is needed by others seq=" + collected.seq()));
      case LogBody.Pin pin ->
          phase(state, pin.seq(), Phase.COMPLETED, Phase.TRASHED)
              .or(() ->
                  unless(!state.pins().containsKey(pin.pin()), "pin is in use pin=" + pin.pin()));
      case LogBody.Unpin unpin ->
          unless(state.pins().containsKey(unpin.pin()), "no such pin pin=" + unpin.pin());
      case LogBody.Redirect redirect -> refusal(state, redirect);
      case LogBody.Rekey rekey ->
          unless(
              rekey.revision() == state.keyRevision() + 1,
              "key revision is not the next one revision=" + rekey.revision());
      case LogBody.Lock lock -> refusal(state, timeMillis, lock);
    };
  }

  private static Optional<String> refusal(Lineage state, long writerEpoch, LogBody.Begin begin) {
    return owned(state, writerEpoch)
        .or(() ->
            unless(
                begin.seq() == state.lastSeq() + 1,
                "number of the snapshot is not the next one seq=" + begin.seq()))
        .or(() ->
            begin
                .parent()
                .filter(base -> base.volume().equals(state.volume()))
                .flatMap(base -> phase(state, base.seq(), Phase.COMPLETED, Phase.TRASHED)));
  }

  /// Packs may move once nobody writes them any more.
  private static Optional<String> refusal(Lineage state, LogBody.Redirect redirect) {
    for (LogBody.Moved moved : redirect.packs()) {
      SnapshotState owner = state.snapshots().get(moved.from().seq());
      boolean resolved =
          moved.from().volume().equals(state.volume())
              && owner != null
              && owner.phase() != Phase.PENDING;
      if (!resolved) {
        return Optional.of("pack is not one of a resolved snapshot pack=" + moved.from());
      }
    }
    return Optional.empty();
  }

  /// A compliance lock that has cooled off can only be made longer.
  private static Optional<String> refusal(Lineage state, long timeMillis, LogBody.Lock lock) {
    return phase(state, lock.seq(), Phase.COMPLETED)
        .or(() ->
            state
                .snapshots()
                .get(lock.seq())
                .lock()
                .filter(held -> held.mode() == LockMode.COMPLIANCE)
                .filter(held -> held.coolOffUntilMillis() <= timeMillis)
                .filter(held -> held.untilMillis() > timeMillis)
                .filter(held ->
                    lock.mode() != LockMode.COMPLIANCE || lock.untilMillis() < held.untilMillis())
                .map(_ -> "lock cannot be shortened seq=" + lock.seq()));
  }

  private static Optional<String> owned(Lineage state, long writerEpoch) {
    return unless(
        writerEpoch > 0 && writerEpoch == state.writerEpoch(),
        "this process does not make the snapshots epoch=%d current=%d"
            .formatted(writerEpoch, state.writerEpoch()));
  }

  private static Optional<String> unlocked(Lineage state, long seq, long timeMillis) {
    return unless(
        !state.snapshots().get(seq).isLockedAt(timeMillis), "snapshot is locked seq=" + seq);
  }

  private static Optional<String> phase(Lineage state, long seq, Phase... allowed) {
    SnapshotState snapshot = state.snapshots().get(seq);
    if (snapshot == null) {
      return Optional.of("no such snapshot seq=" + seq);
    }
    return unless(
        Set.of(allowed).contains(snapshot.phase()),
        "snapshot is %s seq=%d".formatted(snapshot.phase(), seq));
  }

  private static Optional<String> unless(boolean right, String refusal) {
    return right ? Optional.empty() : Optional.of(refusal);
  }
}
