package dev.quarry.snapshot;

import dev.quarry.block.VolumeException;
import dev.quarry.volume.ChunkLayout;
import dev.quarry.volume.FrozenView;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Compares some of the chunks that count as unchanged with what the parent says of them. Marks
/// that miss a change spoil every snapshot from there on and are noticed by nobody, in years; some
/// chunks a time find them in days.
final class TrackingAudit {
  private static final Logger LOG = LoggerFactory.getLogger(TrackingAudit.class);

  /// So many chunks are compared at least, or all there are.
  static final int MIN_CHUNKS = 16;

  /// One of so many chunks is compared in larger volumes.
  private static final long CHUNKS_PER_SAMPLE = 10_000;

  /// Chunks of one leaf are compared together, so that few pages are read.
  private static final int CHUNKS_PER_LEAF = 4;

  private final FrozenView view;
  private final ParentLeaves parent;
  private final ChunkFetcher chunks;
  private final byte[] now = new byte[ChunkLayout.CHUNK_BYTES];
  private final byte[] before = new byte[ChunkLayout.CHUNK_BYTES];

  TrackingAudit(FrozenView view, ParentLeaves parent, ChunkFetcher chunks) {
    this.view = view;
    this.parent = parent;
    this.chunks = chunks;
  }

  /// @throws SnapshotException.Suspect if a chunk changed and is not marked
  void run(SnapshotId snapshot, RandomGenerator random, StopFlag stop) throws VolumeException {
    for (long chunk : sample(ChunkLayout.chunkCount(view.sizeBytes()), random)) {
      stop.check();
      int length = view.readUnchanged(chunk, MemorySegment.ofArray(now), 0);
      if (length > 0 && !isAsBefore(chunk, length)) {
        LOG.error("a chunk changed without a mark snapshot={} chunk={}", snapshot, chunk);
        throw new SnapshotException.Suspect(
            "a chunk changed without a mark; the next snapshot will be a full one chunk=" + chunk);
      }
    }
  }

  private boolean isAsBefore(long chunk, int length) {
    LeafPage leaf = parent.at(ManifestLayout.leafOf(chunk));
    chunks.fetch(leaf.entry(chunk), before);
    return Arrays.equals(now, 0, length, before, 0, length);
  }

  /// Which chunks to compare, in ascending order. Pure.
  static SortedSet<Long> sample(long chunkCount, RandomGenerator random) {
    SortedSet<Long> sample = new TreeSet<>();
    if (chunkCount <= MIN_CHUNKS) {
      for (long chunk = 0; chunk < chunkCount; chunk++) {
        sample.add(chunk);
      }
      return sample;
    }
    long wanted = Math.max(MIN_CHUNKS, chunkCount / CHUNKS_PER_SAMPLE);
    for (long i = 0; i < wanted; i += CHUNKS_PER_LEAF) {
      long first = random.nextLong(chunkCount);
      long start = ManifestLayout.firstLeaf(ManifestLayout.leafOf(first), 1);
      long end = Math.min(start + ManifestLayout.FANOUT, chunkCount);
      sample.add(first);
      for (int j = 1; j < CHUNKS_PER_LEAF; j++) {
        sample.add(random.nextLong(start, end));
      }
    }
    return sample;
  }
}
