package dev.quarry.volume;

import dev.quarry.block.VolumeException;
import java.lang.foreign.MemorySegment;

/// A volume as it was at one instant, to be read while the volume goes on changing.
///
/// The reader walks the chunks in ascending order, [#read]s those it wants and [#release]s what
/// lies behind it. Until then, the first change to a block copies the old block aside, to the local
/// disk and never farther: a slow reader costs space, not the guest's time. When the local disk is
/// full the view fails and the guest goes on.
///
/// Thread-safe. Close it as soon as it is not needed.
public interface FrozenView extends AutoCloseable {

  /// The size of the volume at that instant, in bytes.
  long sizeBytes();

  /// The epoch that ended at that instant: everything up to it is in the view.
  long epoch();

  /// The first chunk at or after `chunk` that may have changed since the view's parent, or the
  /// number of chunks if there is none. Skips what is unchanged quickly.
  long nextChanged(long chunk) throws VolumeException;

  /// What is known of a chunk's changes since the view's parent.
  Change change(long chunk) throws VolumeException;

  /// Reads a whole chunk as it was. The last one of a volume may be shorter.
  ///
  /// Only chunks that may have changed since the parent can be read; others are not kept.
  ///
  /// @return the number of bytes read
  /// @throws VolumeException.Full if the local disk was too full to keep the old blocks
  int read(long chunk, MemorySegment into, long at) throws VolumeException;

  /// Reads some blocks of a chunk, each to where it lies in the chunk, under the same terms. What
  /// is left at the others is not said: a view may read them as well.
  ///
  /// @return the length of the chunk
  default int read(long chunk, BlockMask blocks, MemorySegment into, long at)
      throws VolumeException {
    return read(chunk, into, at);
  }

  /// Reads a chunk that counts as unchanged since the view's parent, for those who want to know
  /// whether it is. Comes before any [#release].
  ///
  /// @return the number of bytes read; 0 if there is nothing to compare, because the chunk changed
  ///   or is not wholly on the local disk
  int readUnchanged(long chunk, MemorySegment into, long at) throws VolumeException;

  /// Says that chunks before `chunk` will not be read again. Never goes back.
  void release(long chunk);

  /// Bytes copied aside so far.
  long copiedBytes();

  /// Drops the view and what was copied aside for it.
  @Override
  void close() throws VolumeException;

  /// What is known of a chunk's changes since the parent.
  sealed interface Change {
    /// It is as it was.
    record Unchanged() implements Change {}

    /// These blocks changed; there may be fewer, never more.
    ///
    /// @param blocks the blocks
    record Blocks(BlockMask blocks) implements Change {}

    /// The machine went down and took the knowledge with it: compare the whole chunk.
    record InDoubt() implements Change {}
  }
}
