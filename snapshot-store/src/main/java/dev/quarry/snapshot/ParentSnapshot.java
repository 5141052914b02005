package dev.quarry.snapshot;

import java.util.UUID;

/// A snapshot as its volume remembers it: what the next one builds on. All of it is compared with
/// the log before it is believed, so that a volume whose epochs tell of another past is never made
/// an increment of the wrong thing.
///
/// @param volume its lineage; for a volume made from a snapshot, that of the snapshot
/// @param seq its number there
/// @param cutEpoch the epoch of the volume that ended at its instant
/// @param rootMac the MAC of its root
public record ParentSnapshot(UUID volume, long seq, long cutEpoch, Mac rootMac) {}
