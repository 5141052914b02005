package dev.quarry.snapshot;

import dev.quarry.snapshot.LogBody.Moved;
import dev.quarry.snapshot.SnapshotState.Phase;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// Folds entries into a [Lineage]. Copies the state once, however many entries there are. One
/// thread at a time.
final class LineageFold {
  private final SortedMap<Long, SnapshotState> snapshots;
  private final Map<Bits128, LogBody.Pin> pins;
  private final Map<PackId, Moved> redirects;
  private long writerEpoch;
  private long lastSeq;
  private Bits128 keyId;
  private long keyRevision;
  private Lineage state;

  LineageFold(Lineage from) {
    this.snapshots = new TreeMap<>(from.snapshots());
    this.pins = new HashMap<>(from.pins());
    this.redirects = new HashMap<>(from.redirects());
    this.writerEpoch = from.writerEpoch();
    this.lastSeq = from.lastSeq();
    this.keyId = from.keyId();
    this.keyRevision = from.keyRevision();
    this.state = view(from.volume(), from.number(), from.mac());
  }

  /// @throws SnapshotException.Corrupt if the entry does not follow on what was folded before
  void add(LogEntry entry, Mac mac) {
    String object = ObjectNames.entry(state.volume(), entry.number());
    if (!entry.volume().equals(state.volume())) {
      throw new SnapshotException.Corrupt(object, "log entry of another volume lies here");
    }
    if (entry.number() != state.number() + 1) {
      throw new SnapshotException.Corrupt(object, "log entry of another place lies here");
    }
    if (!entry.previous().equals(state.mac())) {
      throw new SnapshotException.Corrupt(object, "log entry does not follow on the one before");
    }
    Optional<String> refusal =
        LineageRules.refusal(state, entry.writerEpoch(), entry.timeMillis(), entry.body());
    if (refusal.isPresent()) {
      throw new SnapshotException.Corrupt(object, "log entry is not allowed: " + refusal.get());
    }
    apply(entry);
    state = view(entry.volume(), entry.number(), mac);
  }

  Lineage result() {
    return state;
  }

  private void apply(LogEntry entry) {
    long now = entry.timeMillis();
    switch (entry.body()) {
      case LogBody.Open open -> writerEpoch = open.writerEpoch();
      case LogBody.Begin begin -> {
        snapshots.put(begin.seq(), SnapshotState.begun(begin, now));
        lastSeq = begin.seq();
      }
      case LogBody.Commit commit -> replace(commit.seq(), at(commit.seq()).completed(commit, now));
      case LogBody.Abort abort ->
          replace(abort.seq(), at(abort.seq()).aborted(abort.reason(), now));
      case LogBody.Trash trash ->
          replace(trash.seq(), at(trash.seq()).trashed(trash.untilMillis(), now));
      case LogBody.Untrash untrash ->
          replace(untrash.seq(), at(untrash.seq()).in(Phase.COMPLETED, now));
      case LogBody.Delete delete -> replace(delete.seq(), at(delete.seq()).in(Phase.DELETED, now));
      case LogBody.Collected collected ->
          replace(collected.seq(), at(collected.seq()).in(Phase.COLLECTED, now));
      case LogBody.Pin pin -> pins.put(pin.pin(), pin);
      case LogBody.Unpin unpin -> pins.remove(unpin.pin());
      case LogBody.Redirect redirect ->
          redirect.packs().forEach(moved -> redirects.put(moved.from(), moved));
      case LogBody.Rekey rekey -> {
        keyId = rekey.keyId();
        keyRevision = rekey.revision();
      }
      case LogBody.Lock lock -> replace(lock.seq(), at(lock.seq()).locked(lock));
    }
  }

  private SnapshotState at(long seq) {
    return snapshots.get(seq);
  }

  private void replace(long seq, SnapshotState next) {
    snapshots.put(seq, next);
  }

  private Lineage view(UUID volume, long number, Mac mac) {
    return new Lineage(
        volume, number, mac, writerEpoch, lastSeq, snapshots, pins, redirects, keyId, keyRevision);
  }
}
