package dev.quarry.snapshot;

import java.util.List;

/// What a snapshot says of a chunk.
sealed interface ChunkEntry {
  /// What it is made of, over zeros, the lowest first.
  default List<FrameRef> frames() {
    return List.of();
  }

  /// It was never written, or a page that would tell is absent: it reads as zeros.
  record Hole() implements ChunkEntry {}

  /// It was written and reads as zeros.
  ///
  /// @param trimmed whether it was given back rather than overwritten; kept apart for those who ask
  ///   what changed
  record Zero(boolean trimmed) implements ChunkEntry {}

  /// Zeros, or a FULL frame, with the blocks of DELTA frames laid over it in this order. What is
  /// first, of either kind, is what a chunk was last written anew as.
  ///
  /// @param frames at least one; a FULL can only be the first
  record Framed(List<FrameRef> frames) implements ChunkEntry {
    public Framed {
      frames = List.copyOf(frames);
      if (frames.isEmpty()) {
        throw new IllegalArgumentException("no frames");
      }
    }

    /// How many blocks are laid over the first frame, counted as often as they are.
    int overlaidBlocks() {
      return frames.stream().skip(1).mapToInt(ref -> ref.frame().blockCount()).sum();
    }
  }

  ChunkEntry HOLE = new Hole();
  ChunkEntry ZERO = new Zero(false);
}
