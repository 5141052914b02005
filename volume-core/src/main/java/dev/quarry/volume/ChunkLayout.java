package dev.quarry.volume;

/// Where things lie in a volume: the arithmetic of blocks, chunks and regions.
///
/// A **block** is 4 KiB, the unit in which changes are remembered. A **chunk** is 512 KiB, 128
/// blocks, the unit of snapshots (and of the EBS direct APIs: EBS User Guide, "EBS direct APIs",
/// block size 524,288). A **region** is 128 MiB, 256 chunks: one leaf page of a snapshot's
/// manifest, and the unit in which an intent to write is made durable beforehand.
public final class ChunkLayout {
  public static final int BLOCK_BYTES = 4096;
  public static final int CHUNK_BYTES = 512 * 1024;
  public static final int BLOCKS_PER_CHUNK = CHUNK_BYTES / BLOCK_BYTES;
  static final int CHUNKS_PER_REGION = 256;
  static final long REGION_BYTES = (long) CHUNK_BYTES * CHUNKS_PER_REGION;

  /// The largest volume: 64 TiB (EBS User Guide, "Amazon EBS volume constraints").
  public static final long MAX_VOLUME_BYTES = 64L << 40;

  private ChunkLayout() {}

  static long chunkOf(long offset) {
    return offset / CHUNK_BYTES;
  }

  static long chunkStart(long chunk) {
    return chunk * CHUNK_BYTES;
  }

  public static long chunkCount(long sizeBytes) {
    return (sizeBytes + CHUNK_BYTES - 1) / CHUNK_BYTES;
  }

  static long regionOf(long chunk) {
    return chunk / CHUNKS_PER_REGION;
  }

  static long regionCount(long sizeBytes) {
    return (sizeBytes + REGION_BYTES - 1) / REGION_BYTES;
  }

  /// How much of a request that begins at `offset` lies in the chunk where it begins.
  static int lengthInChunk(long offset, long length) {
    return (int) Math.min(length, CHUNK_BYTES - offset % CHUNK_BYTES);
  }

  /// The first block of a chunk that a range inside it touches.
  static int firstBlock(long offset) {
    return (int) (offset % CHUNK_BYTES) / BLOCK_BYTES;
  }

  /// The last block of a chunk that a range inside it touches.
  static int lastBlock(long offset, long length) {
    return (int) ((offset % CHUNK_BYTES + length - 1) / BLOCK_BYTES);
  }
}
