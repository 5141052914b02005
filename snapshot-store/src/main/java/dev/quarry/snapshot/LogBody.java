package dev.quarry.snapshot;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What an entry of the lineage log says. [Lineage] tells when each may be said.
public sealed interface LogBody {
  /// A process takes the log over: from here on it makes and ends snapshots.
  ///
  /// @param writerEpoch one more than that of the one before
  record Open(long writerEpoch) implements LogBody {}

  /// A snapshot is begun.
  ///
  /// @param seq its number, one more than the last
  /// @param id the name users know it by
  /// @param parent the snapshot whose frames it may use
  /// @param cutEpoch the epoch of the volume that ended at its instant
  /// @param sizeBytes the size of the volume
  record Begin(long seq, SnapshotId id, Optional<SnapshotRef> parent, long cutEpoch, long sizeBytes)
      implements LogBody {}

  /// A snapshot of this lineage or, for a clone's first, of another.
  record SnapshotRef(UUID volume, long seq) {}

  /// A snapshot is complete; all that it needs is durable.
  ///
  /// @param attempt which root is the one
  /// @param rootMac the MAC of that root
  /// @param fullBytes the size of a full copy
  /// @param storedBytes bytes of the packs that were written for it
  record Commit(long seq, long attempt, Mac rootMac, long fullBytes, long storedBytes)
      implements LogBody {}

  /// A snapshot will not be completed.
  ///
  /// @param reason why, for people
  record Abort(long seq, String reason) implements LogBody {}

  /// A snapshot is hidden, and kept until `untilMillis`.
  record Trash(long seq, long untilMillis) implements LogBody {}

  /// A hidden snapshot is shown again.
  record Untrash(long seq) implements LogBody {}

  /// A snapshot is gone for good.
  record Delete(long seq) implements LogBody {}

  /// What a deleted snapshot alone had was removed from the store, its root last.
  record Collected(long seq) implements LogBody {}

  /// Somebody else reads the frames of a snapshot: keep them even when it is deleted.
  ///
  /// @param pin names the pin
  /// @param user the lineage that needs it
  record Pin(Bits128 pin, long seq, UUID user) implements LogBody {}

  /// A pin is no longer needed.
  record Unpin(Bits128 pin) implements LogBody {}

  /// Packs were written anew without what nobody needs; the old objects go.
  record Redirect(List<Moved> packs) implements LogBody {
    public Redirect {
      packs = List.copyOf(packs);
    }
  }

  /// Where a pack is now.
  ///
  /// @param from the name that trees know
  /// @param to the object that holds it, perhaps among others
  /// @param offset where it begins there
  /// @param length its length
  record Moved(PackId from, PackId to, long offset, long length) {}

  /// The data key was wrapped anew.
  record Rekey(Bits128 keyId, long revision) implements LogBody {}

  /// A snapshot is protected from deletion, or no longer is.
  ///
  /// @param coolOffUntilMillis until when a compliance lock can still be undone
  /// @param untilMillis when it ends
  record Lock(long seq, LockMode mode, long coolOffUntilMillis, long untilMillis)
      implements LogBody {}

  /// How strictly a snapshot is locked (EBS User Guide, "Snapshot lock").
  enum LockMode {
    /// Not at all.
    NONE,
    /// Until somebody with permission unlocks it.
    GOVERNANCE,
    /// Until it ends; nobody can shorten it after the cooling-off time.
    COMPLIANCE
  }
}
