package dev.quarry.snapshot;

import dev.quarry.block.VolumeException;
import dev.quarry.volume.ChunkLayout;
import dev.quarry.volume.FrozenView;

/// Steps through the chunks of a view that may have changed. Passes over the rest quickly.
final class ChangedLeaves {
  private ChangedLeaves() {}

  /// How many chunks may have changed.
  static long chunkCount(FrozenView view) throws VolumeException {
    long end = ChunkLayout.chunkCount(view.sizeBytes());
    long count = 0;
    for (long chunk = view.nextChanged(0); chunk < end; chunk = view.nextChanged(chunk + 1)) {
      count++;
    }
    return count;
  }

  /// The first leaf, at or after one, with a chunk that may have changed; Long.MAX_VALUE if there
  /// is none.
  static long next(FrozenView view, long leaf) throws VolumeException {
    long end = ChunkLayout.chunkCount(view.sizeBytes());
    long from = ManifestLayout.firstLeaf(leaf, 1);
    long chunk = from < end ? view.nextChanged(from) : end;
    return chunk < end ? ManifestLayout.leafOf(chunk) : Long.MAX_VALUE;
  }
}
