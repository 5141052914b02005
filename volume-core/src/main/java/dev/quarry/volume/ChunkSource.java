package dev.quarry.volume;

import dev.quarry.block.VolumeException;
import java.lang.foreign.MemorySegment;

/// Where the chunks of a volume come from that are not on the local disk yet: the snapshot it was
/// made from.
///
/// What a source says never changes. Calls may take as long as a store does; the engine makes them
/// with no lock held and at most one at a time for a chunk. Thread-safe.
///
/// Errors: [VolumeException.Unavailable] when the store does not answer in its time, and the same
/// read may work later; [VolumeException.Corrupt] when what it holds is not what was put there.
public interface ChunkSource extends AutoCloseable {

  /// The size of what the source holds, in bytes. A volume may be larger; the rest is zeros.
  long sizeBytes();

  /// Reads a whole chunk; the last one may be shorter.
  ///
  /// @param chunk its index, with a chunk of 512 KiB
  /// @return the number of bytes read; the rest of the chunk is zeros
  int read(long chunk, MemorySegment into, long at) throws VolumeException;

  /// Whether a chunk is known to be all zeros, so that it need not be read. May ask the store, for
  /// an index page and never for data.
  boolean isZero(long chunk) throws VolumeException;

  /// Says that a chunk will be read soon.
  void prefetch(long chunk);

  /// Releases what the source holds.
  @Override
  void close() throws VolumeException;
}
