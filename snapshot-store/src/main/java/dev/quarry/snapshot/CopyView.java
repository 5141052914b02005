package dev.quarry.snapshot;

import dev.quarry.block.VolumeException;
import dev.quarry.volume.BlockMask;
import dev.quarry.volume.ChunkLayout;
import dev.quarry.volume.FrozenView;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/// A snapshot, to be made another one of in another place: what counts as changed is what differs
/// from the snapshot that was copied before.
///
/// Takes a bit for each chunk: 16 MiB for 64 TiB. Safe for use by many threads.
final class CopyView implements FrozenView {
  /// Chunks that are fetched ahead with few requests.
  private static final int RUN_CHUNKS = 8;

  private final SnapshotReader reader;
  private final SnapshotSource source;
  private final Optional<SnapshotReader> before;
  private final boolean inDoubt;
  private final ChunkFetcher frames;
  private final ProgressMeter meter;
  private final Runnable end;
  private Optional<BitSet> changed = Optional.empty(); // guarded by this

  /// @param before what was copied earlier and is still there to compare with
  /// @param inDoubt whether something else was copied earlier, so that contents are compared
  /// @param meter for the walk over the trees
  /// @param end is run when the view is closed
  CopyView(
      SnapshotReader reader,
      Optional<SnapshotReader> before,
      boolean inDoubt,
      ProgressMeter meter,
      Runnable end) {
    this.reader = reader;
    this.source = new SnapshotSource(reader);
    this.before = before;
    this.inDoubt = inDoubt;
    this.frames = new ChunkFetcher(reader.frames());
    this.meter = meter;
    this.end = end;
  }

  /// What changed, found out when it is first asked for: by the thread that makes the copy, since
  /// it takes a walk over the trees.
  private synchronized BitSet changed() {
    if (changed.isEmpty()) {
      changed = Optional.of(compared());
    }
    return changed.get();
  }

  private BitSet compared() {
    BitSet found = new BitSet();
    if (inDoubt) {
      found.set(0, Math.toIntExact(ChunkLayout.chunkCount(sizeBytes())));
    } else {
      new SnapshotDiff(before, reader, meter)
          .run(false, change -> found.set(Math.toIntExact(change.chunk())));
    }
    return found;
  }

  @Override
  public long sizeBytes() {
    return source.sizeBytes();
  }

  @Override
  public long epoch() {
    return reader.root().about().cutEpoch();
  }

  @Override
  public long nextChanged(long chunk) {
    int next = changed().nextSetBit(Math.toIntExact(chunk));
    return next < 0 ? ChunkLayout.chunkCount(sizeBytes()) : next;
  }

  @Override
  public Change change(long chunk) throws VolumeException {
    if (!changed().get(Math.toIntExact(chunk))) {
      return new Change.Unchanged();
    }
    if (inDoubt) {
      return new Change.InDoubt();
    }
    return before.isEmpty() ? new Change.Blocks(BlockMask.ALL) : since(chunk, before.get());
  }

  /// The blocks that were written since; if that is not known, contents are compared, so that no
  /// more is stored than has to be.
  private Change since(long chunk, SnapshotReader earlier) throws VolumeException {
    return SnapshotSource.translating(
        reader,
        () -> {
          List<FrameRef> since =
              SnapshotDiff.framesSinceCommonBase(earlier.entry(chunk), reader.entry(chunk));
          boolean deltas = since.stream().allMatch(ref -> ref.frame().kind() == FrameKind.DELTA);
          return deltas
              ? new Change.Blocks(frames.masks(List.of(since)).getFirst())
              : new Change.InDoubt();
        });
  }

  @Override
  public int read(long chunk, MemorySegment into, long at) throws VolumeException {
    if (chunk % RUN_CHUNKS == 0) {
      source.prefetch(chunk, RUN_CHUNKS);
    }
    return source.read(chunk, into, at);
  }

  @Override
  public int readUnchanged(long chunk, MemorySegment into, long at) throws VolumeException {
    return changed().get(Math.toIntExact(chunk)) ? 0 : source.read(chunk, into, at);
  }

  @Override
  public void release(long chunk) {
    // Nothing is kept.
  }

  @Override
  public long copiedBytes() {
    return 0;
  }

  @Override
  public void close() {
    source.close();
    end.run();
  }
}
