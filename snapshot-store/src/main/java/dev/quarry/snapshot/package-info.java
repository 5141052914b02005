/// Snapshots of volumes on object stores: incremental to the block of 4 KiB, restored lazily.
///
/// **Way in:** [dev.quarry.snapshot.VolumeSnapshots], for those who have volumes and implement
/// [dev.quarry.snapshot.SnapshotVolume]; below it [dev.quarry.snapshot.SnapshotService], by
/// lineages and views.
///
/// **Nouns.** A *lineage* is what a volume's snapshots are kept under, with a *log* whose entries
/// alone say which there are. A snapshot has a *root*, a *tree* of pages, and *frames* in *packs*;
/// all but the root may be an older snapshot's. *Seals* guard them: of the volume's data key, or
/// checksums. A volume that is made from a snapshot *pins* it and is *hydrated* from it.
///
/// Null never crosses this package. Public types are safe for use by many threads unless they say
/// otherwise. Formats: `docs/formats-snapshots.md`.
package dev.quarry.snapshot;
