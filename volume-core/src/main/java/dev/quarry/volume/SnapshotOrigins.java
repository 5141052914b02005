package dev.quarry.volume;

import dev.quarry.block.BlockDevice;

/// The snapshots that volumes are made from, as a catalogue needs them, and what those to come have
/// to know. Whoever has snapshots implements it.
///
/// Errors are [ControlException]s. Safe for use by many threads; a catalogue calls it while it
/// works on the volume in question, so that no call may wait for other work on that volume.
public interface SnapshotOrigins {

  /// Makes sure that a snapshot's contents stay for a volume that is to be made from it, even when
  /// the snapshot is deleted. Comes before the volume is recorded. Repeating it does nothing.
  ///
  /// @return what the volume remembers as the snapshot that its next one builds on
  String pin(String snapshot, VolumeId volume);

  /// Says that a volume is not made after all. What cannot be said is logged: a pin too many costs
  /// space and no more.
  void release(String snapshot, VolumeId volume);

  /// A snapshot's data key, wrapped for a volume that is to be made from it.
  VolumeRecord.Encryption dataKey(String snapshot, VolumeId volume);

  /// The contents of the snapshot that a volume was made from, each time it is opened and not
  /// wholly on the local disk. Asks the store for nothing yet: what is on the local disk is served
  /// without it.
  ChunkSource source(VolumeRecord volume);

  /// Begins to bring an opened volume to the local disk.
  ///
  /// @param source what the volume was opened with
  /// @param hydrated to be run once all is durably there, on any thread that may wait
  Hydration hydrate(VolumeRecord volume, VolumeData data, ChunkSource source, Runnable hydrated);

  /// A volume's device for one attachment, with something in front that notes how the volume is
  /// used, for its next snapshot.
  ///
  /// @param first whether the volume was attached nowhere before
  BlockDevice watched(VolumeId volume, BlockDevice device, boolean first);

  /// Says that a volume is gone, made from a snapshot or not, so that nothing need be kept for it
  /// any more. What cannot be done is logged.
  ///
  /// @param volume as it was last
  void deleted(VolumeRecord volume);

  /// A volume on its way to the local disk.
  interface Hydration extends AutoCloseable {
    /// Ends it, waiting for what is under way. Comes before the volume's device is closed.
    @Override
    void close();
  }
}
