package dev.quarry.volume;

import dev.quarry.block.VolumeException;
import java.lang.foreign.MemorySegment;

/// The view of an encrypted volume with its sectors deciphered: what the guest had.
///
/// A chunk that changed is deciphered whole, and one that is in doubt as well. It has to be closed
/// before the volume's key is.
record DecipheredView(FrozenView stored, StoredSectors sectors) implements FrozenView {

  @Override
  public long sizeBytes() {
    return stored.sizeBytes();
  }

  @Override
  public long epoch() {
    return stored.epoch();
  }

  @Override
  public long nextChanged(long chunk) throws VolumeException {
    return stored.nextChanged(chunk);
  }

  @Override
  public Change change(long chunk) throws VolumeException {
    return stored.change(chunk);
  }

  @Override
  public int read(long chunk, MemorySegment into, long at) throws VolumeException {
    return deciphered(chunk, into, at, stored.read(chunk, into, at));
  }

  @Override
  public int read(long chunk, BlockMask blocks, MemorySegment into, long at)
      throws VolumeException {
    int length = stored.read(chunk, blocks, into, at);
    for (int from = blocks.next(0); from < ChunkLayout.BLOCKS_PER_CHUNK; ) {
      int to = blocks.nextAbsent(from);
      int start = from * ChunkLayout.BLOCK_BYTES;
      int end = Math.min(to * ChunkLayout.BLOCK_BYTES, length);
      if (start < end) {
        sectors.decipher(ChunkLayout.chunkStart(chunk) + start, into, at + start, end - start);
      }
      from = blocks.next(to);
    }
    return length;
  }

  @Override
  public int readUnchanged(long chunk, MemorySegment into, long at) throws VolumeException {
    return deciphered(chunk, into, at, stored.readUnchanged(chunk, into, at));
  }

  private int deciphered(long chunk, MemorySegment into, long at, int length)
      throws VolumeException {
    sectors.decipher(ChunkLayout.chunkStart(chunk), into, at, length);
    return length;
  }

  @Override
  public void release(long chunk) {
    stored.release(chunk);
  }

  @Override
  public long copiedBytes() {
    return stored.copiedBytes();
  }

  @Override
  public void close() throws VolumeException {
    stored.close();
  }
}
