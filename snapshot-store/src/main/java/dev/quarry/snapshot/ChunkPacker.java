package dev.quarry.snapshot;

import dev.quarry.block.VolumeException;
import dev.quarry.volume.BlockMask;
import dev.quarry.volume.ChunkLayout;
import dev.quarry.volume.FrozenView;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Turns the changes of a chunk into frames. One thread at a time: it has the memory of a chunk.
final class ChunkPacker {
  private final FrozenView view;
  private final FoldPolicy policy;
  private final ChunkFetcher parent;
  private final FramePacker frames;
  private final byte[] chunk = new byte[ChunkLayout.CHUNK_BYTES];
  private final MemorySegment chunkSegment = MemorySegment.ofArray(chunk);
  private final byte[] old = new byte[ChunkLayout.CHUNK_BYTES];
  private final byte[] scratch = new byte[FrameEncoder.MAX_PLAIN_BYTES];

  ChunkPacker(FrozenView view, FoldPolicy policy, ChunkFetcher parent, FramePacker frames) {
    this.view = view;
    this.policy = policy;
    this.parent = parent;
    this.frames = frames;
  }

  /// What a new snapshot says of a chunk, given what its parent says.
  ChunkEntry pack(long index, ChunkEntry before) throws VolumeException {
    return switch (view.change(index)) {
      case FrozenView.Change.Unchanged _ -> before;
      case FrozenView.Change.Blocks(BlockMask blocks) -> packed(index, before, blocks);
      case FrozenView.Change.InDoubt _ -> {
        read(index);
        yield changed(index, before, difference(before));
      }
    };
  }

  /// Reads no more than it takes: of a chunk that gets one more DELTA the blocks that changed, and
  /// of one that was zeros as well, since the others still are.
  private ChunkEntry packed(long index, ChunkEntry before, BlockMask blocks)
      throws VolumeException {
    boolean partly =
        switch (before) {
          case ChunkEntry.Hole _, ChunkEntry.Zero _ -> true;
          case ChunkEntry.Framed framed -> !policy.folds(framed, blocks.count());
        };
    if (partly && readBlocks(index, blocks, before)) {
      return before instanceof ChunkEntry.Framed framed
          ? overlaid(index, framed, blocks)
          : changed(index, before, blocks);
    }
    read(index);
    return changed(index, before, blocks);
  }

  /// Reads some blocks of a chunk, and zeros at the others.
  ///
  /// @return whether that is enough: of a chunk that had data, blocks of zeros do not tell whether
  ///   it still has any
  private boolean readBlocks(long index, BlockMask blocks, ChunkEntry before)
      throws VolumeException {
    int length = view.read(index, blocks, chunkSegment, 0);
    for (int block = 0; block < ChunkLayout.BLOCKS_PER_CHUNK; block++) {
      int start = block * ChunkLayout.BLOCK_BYTES;
      int from = blocks.contains(block) ? Math.max(start, length) : start;
      if (from < start + ChunkLayout.BLOCK_BYTES) {
        Arrays.fill(chunk, from, start + ChunkLayout.BLOCK_BYTES, (byte) 0);
      }
    }
    return !(before instanceof ChunkEntry.Framed) || !Blocks.nonZero(chunk).isEmpty();
  }

  /// Reads the chunk; what lies behind the end of the volume counts as zeros.
  private void read(long index) throws VolumeException {
    int length = view.read(index, chunkSegment, 0);
    Arrays.fill(chunk, length, chunk.length, (byte) 0);
  }

  /// The blocks that differ from what the parent has. Used when nothing else tells: after a crash
  /// of the machine the contents are compared, not guessed.
  private BlockMask difference(ChunkEntry before) {
    return switch (before) {
      case ChunkEntry.Hole _, ChunkEntry.Zero _ -> Blocks.nonZero(chunk);
      case ChunkEntry.Framed _ -> {
        parent.fetch(before, old);
        yield Blocks.different(chunk, old);
      }
    };
  }

  private ChunkEntry changed(long index, ChunkEntry before, BlockMask blocks) {
    if (blocks.isEmpty()) {
      return before;
    }
    BlockMask data = Blocks.nonZero(chunk);
    if (data.isEmpty()) {
      return before instanceof ChunkEntry.Hole ? before : ChunkEntry.ZERO;
    }
    return switch (before) {
      case ChunkEntry.Hole _, ChunkEntry.Zero _ -> anew(index, data);
      case ChunkEntry.Framed framed ->
          policy.folds(framed, blocks.count())
              ? anew(index, data)
              : overlaid(index, framed, blocks);
    };
  }

  /// The chunk by itself: whole, or as a few blocks over zeros.
  private ChunkEntry anew(long index, BlockMask data) {
    return new ChunkEntry.Framed(
        List.of(policy.isFull(data.count()) ? full(index) : delta(index, data)));
  }

  private ChunkEntry overlaid(long index, ChunkEntry.Framed before, BlockMask blocks) {
    List<FrameRef> refs = new ArrayList<>(before.frames());
    refs.add(delta(index, blocks));
    return new ChunkEntry.Framed(refs);
  }

  private FrameRef full(long index) {
    return frames.add(FrameKind.FULL, 0, index, chunk, chunk.length);
  }

  private FrameRef delta(long index, BlockMask blocks) {
    int length = Blocks.toDelta(chunk, blocks, scratch);
    return frames.add(FrameKind.DELTA, 0, index, scratch, length);
  }
}
