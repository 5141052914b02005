package dev.quarry.volume;

import dev.quarry.block.VolumeException;
import java.lang.foreign.MemorySegment;

/// The chunks of a source as an encrypted volume stores them. What is zeros there stays zeros.
record EncipheredSource(ChunkSource plain, StoredSectors sectors) implements ChunkSource {

  @Override
  public long sizeBytes() {
    return plain.sizeBytes();
  }

  @Override
  public int read(long chunk, MemorySegment into, long at) throws VolumeException {
    int length = plain.read(chunk, into, at);
    sectors.encipher(ChunkLayout.chunkStart(chunk), into, at, length);
    return length;
  }

  @Override
  public boolean isZero(long chunk) throws VolumeException {
    return plain.isZero(chunk);
  }

  @Override
  public void prefetch(long chunk) {
    plain.prefetch(chunk);
  }

  @Override
  public void close() throws VolumeException {
    plain.close();
  }
}
