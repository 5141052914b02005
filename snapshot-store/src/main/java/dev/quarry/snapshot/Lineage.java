package dev.quarry.snapshot;

import dev.quarry.snapshot.LogBody.Moved;
import dev.quarry.snapshot.SnapshotState.Phase;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// The state of a volume's snapshots: a pure function of the entries of its log.
///
/// @param volume whose log it is
/// @param number the last entry that is folded in, 0 for none
/// @param mac the MAC of that entry
/// @param writerEpoch of the process that makes snapshots
/// @param lastSeq the last number given to a snapshot
/// @param snapshots by their numbers, whatever became of them
/// @param pins which snapshots are needed by others
/// @param redirects packs that are no longer where their names say
/// @param keyId the data key
/// @param keyRevision how often it was wrapped anew
public record Lineage(
    UUID volume,
    long number,
    Mac mac,
    long writerEpoch,
    long lastSeq,
    SortedMap<Long, SnapshotState> snapshots,
    Map<Bits128, LogBody.Pin> pins,
    Map<PackId, Moved> redirects,
    Bits128 keyId,
    long keyRevision) {

  public Lineage {
    snapshots = Collections.unmodifiableSortedMap(snapshots);
    pins = Collections.unmodifiableMap(pins);
    redirects = Collections.unmodifiableMap(redirects);
  }

  /// A log without entries.
  static Lineage empty(UUID volume, Bits128 keyId) {
    return new Lineage(
        volume, 0, Mac.NONE, 0, 0, new TreeMap<>(), new HashMap<>(), new HashMap<>(), keyId, 0);
  }

  /// An entry and its MAC.
  record Sealed(LogEntry entry, Mac mac) {}

  /// The state after one more entry.
  ///
  /// @throws SnapshotException.Corrupt if it does not follow
  Lineage with(LogEntry entry, Mac entryMac) {
    return with(List.of(new Sealed(entry, entryMac)));
  }

  /// The state after further entries, each checked against the state before it.
  ///
  /// @throws SnapshotException.Corrupt if one does not follow
  Lineage with(List<Sealed> entries) {
    LineageFold fold = new LineageFold(this);
    for (Sealed sealed : entries) {
      fold.add(sealed.entry(), sealed.mac());
    }
    return fold.result();
  }

  /// The snapshot with this number.
  public Optional<SnapshotState> snapshot(long seq) {
    return Optional.ofNullable(snapshots.get(seq));
  }

  /// The snapshot with this name.
  public Optional<SnapshotState> snapshot(SnapshotId id) {
    return snapshots.values().stream().filter(s -> s.begin().id().equals(id)).findFirst();
  }

  /// Those that are begun and not ended.
  public List<SnapshotState> pending() {
    return snapshots.values().stream().filter(s -> s.phase() == Phase.PENDING).toList();
  }

  /// Whether a lineage holds on to a snapshot.
  boolean isPinnedBy(long seq, UUID user) {
    return pins.values().stream().anyMatch(pin -> pin.seq() == seq && pin.user().equals(user));
  }

  /// Whether a snapshot's frames have to stay: it is live, or pinned, or one that is being made
  /// builds on it (invariant S5).
  boolean isNeeded(long seq) {
    SnapshotState state = snapshots.get(seq);
    return state != null
        && (state.isLive()
            || pins.values().stream().anyMatch(pin -> pin.seq() == seq)
            || pending().stream()
                .flatMap(begun -> begun.parent().stream())
                .anyMatch(base -> base.volume().equals(volume) && base.seq() == seq));
  }
}
