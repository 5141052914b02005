package dev.quarry.snapshot;

import dev.quarry.volume.BlockMask;
import dev.quarry.volume.ChunkLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// What differs between two snapshots of one lineage, in either direction, or what there is in one.
///
/// Two trees are walked side by side; what both share is passed over unread. So it costs what
/// differs, and takes no more memory for 64 TiB than for one.
///
/// Chunks are told exactly: one that is not told reads the same in both. Blocks of 4 KiB are told
/// where all that lies between the two are DELTAs, and are those that were written then; of a chunk
/// that was written anew as few blocks over zeros, those that it has or had. Any other chunk that
/// was written anew in between is told as a whole. A chunk that reads as zeros in both is not told.
///
/// One run at a time; its progress may be asked for by any thread.
public final class SnapshotDiff {
  /// Chunks whose blocks are looked up together.
  private static final int WINDOW_CHUNKS = 64;

  private static final int MAX_RUN_BYTES = 1024 * 1024;

  private static final int REQUESTS = 8;

  /// What a chunk holds in the later of the two that were named.
  public enum Contents {
    /// Something.
    DATA,
    /// Zeros.
    ZERO,
    /// Zeros, because it was given back.
    TRIMMED
  }

  /// A chunk that differs.
  ///
  /// @param chunk its index
  /// @param offset where it begins, in bytes
  /// @param length its length inside of the volume, in bytes
  /// @param contents what it holds now
  /// @param blocks the blocks that may differ, the others do not; nothing if only the whole chunk
  ///   is known to
  public record ChangedChunk(
      long chunk, long offset, int length, Contents contents, Optional<BlockMask> blocks) {}

  private final Optional<SnapshotReader> before;
  private final SnapshotReader after;
  private final ChunkFetcher chunks;
  private final ProgressMeter meter;
  private final StopFlag stop = new StopFlag();

  /// A difference whose blocks are not known yet.
  private record Difference(long chunk, ChunkEntry was, ChunkEntry is) {}

  /// @param before what to compare with; nothing, to be told of all chunks that have data
  SnapshotDiff(Optional<SnapshotReader> before, SnapshotReader after, ProgressMeter meter) {
    this.before = before;
    this.after = after;
    this.chunks = new ChunkFetcher(after.frames(), MAX_RUN_BYTES, REQUESTS);
    this.meter = meter;
  }

  /// The size of the volume before, in bytes; 0 if there is nothing to compare with.
  public long beforeBytes() {
    return before.map(reader -> reader.root().about().sizeBytes()).orElse(0L);
  }

  /// The size of the volume after, in bytes. Chunks that lie behind it are not told.
  public long afterBytes() {
    return after.root().about().sizeBytes();
  }

  /// How far it is.
  public Progress progress() {
    return meter.now();
  }

  /// Asks for it to end.
  public void cancel() {
    stop.stop();
  }

  /// Tells of every chunk that differs, in the order of the volume.
  ///
  /// @param withBlocks whether to look up the blocks; takes some requests for frames
  /// @throws SnapshotException if a page or a frame cannot be read, or it was cancelled
  public void run(boolean withBlocks, Consumer<ChangedChunk> visitor) {
    run(0, Long.MAX_VALUE, withBlocks, visitor);
  }

  /// Tells of some of the chunks that differ, in the order of the volume.
  ///
  /// @param from the first chunk to look at
  /// @param maxChunks the most to tell of
  /// @param withBlocks whether to look up the blocks; takes some requests for frames
  /// @return where to go on; nothing if that was all
  /// @throws SnapshotException if a page or a frame cannot be read, or it was cancelled
  public OptionalLong run(
      long from, long maxChunks, boolean withBlocks, Consumer<ChangedChunk> visitor) {
    Window window = new Window(maxChunks, withBlocks, visitor);
    try {
      after
          .walk()
          .differences(from, before.flatMap(b -> b.root().top()), after.root().top(), window);
      window.tell();
    } catch (SnapshotException.Corrupt e) {
      throw e.of(after.root().about().id());
    }
    return window.next;
  }

  /// Collects differences until their blocks are worth looking up. One thread at a time.
  private final class Window implements ManifestWalk.Difference {
    private final long end = ChunkLayout.chunkCount(afterBytes());
    private final List<Difference> differences = new ArrayList<>();
    private final boolean withBlocks;
    private final Consumer<ChangedChunk> visitor;
    private long left;
    private OptionalLong next = OptionalLong.empty();

    Window(long maxChunks, boolean withBlocks, Consumer<ChangedChunk> visitor) {
      this.left = maxChunks;
      this.withBlocks = withBlocks;
      this.visitor = visitor;
    }

    @Override
    public boolean at(long chunk, ChunkEntry was, ChunkEntry is) {
      stop.check();
      if (chunk >= end) {
        return false;
      }
      if (was.frames().isEmpty() && is.frames().isEmpty()) {
        return true;
      }
      if (left == 0) {
        next = OptionalLong.of(chunk);
        return false;
      }
      left--;
      differences.add(new Difference(chunk, was, is));
      if (differences.size() == WINDOW_CHUNKS) {
        tell();
      }
      return true;
    }

    void tell() {
      SnapshotDiff.this.tell(differences, withBlocks, visitor);
    }
  }

  private void tell(List<Difference> window, boolean withBlocks, Consumer<ChangedChunk> visitor) {
    List<Optional<BlockMask>> blocks =
        withBlocks
            ? blocks(window)
            : window.stream().map(_ -> Optional.<BlockMask>empty()).toList();
    for (int i = 0; i < window.size(); i++) {
      Difference difference = window.get(i);
      long offset = difference.chunk * ChunkLayout.CHUNK_BYTES;
      int length = (int) Math.min(ChunkLayout.CHUNK_BYTES, afterBytes() - offset);
      Optional<BlockMask> inside = blocks.get(i).map(mask -> mask.and(blocksOf(length)));
      meter.done(length);
      if (inside.filter(BlockMask::isEmpty).isEmpty()) {
        visitor.accept(
            new ChangedChunk(difference.chunk, offset, length, contents(difference.is), inside));
      }
    }
    window.clear();
  }

  private static BlockMask blocksOf(int length) {
    return BlockMask.range(0, (length - 1) / ChunkLayout.BLOCK_BYTES);
  }

  private List<Optional<BlockMask>> blocks(List<Difference> window) {
    List<List<FrameRef>> since = new ArrayList<>();
    List<Boolean> exact = new ArrayList<>();
    for (Difference difference : window) {
      List<FrameRef> frames = framesSinceCommonBase(difference.was, difference.is);
      boolean deltas = frames.stream().allMatch(ref -> ref.frame().kind() == FrameKind.DELTA);
      exact.add(deltas);
      since.add(deltas ? frames : List.of());
    }
    List<BlockMask> masks = chunks.masks(since);
    List<Optional<BlockMask>> blocks = new ArrayList<>();
    for (int i = 0; i < masks.size(); i++) {
      blocks.add(exact.get(i) ? Optional.of(masks.get(i)) : Optional.empty());
    }
    return blocks;
  }

  /// The frames that one of two chunks has and the other does not. Under them both are the same:
  /// the frames they begin with, or zeros.
  static List<FrameRef> framesSinceCommonBase(ChunkEntry was, ChunkEntry is) {
    List<FrameRef> one = was.frames();
    List<FrameRef> other = is.frames();
    int common = 0;
    while (common < Math.min(one.size(), other.size())
        && isSame(one.get(common), other.get(common))) {
      common++;
    }
    List<FrameRef> since = new ArrayList<>(one.subList(common, one.size()));
    since.addAll(other.subList(common, other.size()));
    return since;
  }

  /// A frame is known by its pack's identity and its number, wherever it lies.
  private static boolean isSame(FrameRef one, FrameRef other) {
    return one.pack().id().equals(other.pack().id())
        && one.frame().number() == other.frame().number();
  }

  private static Contents contents(ChunkEntry entry) {
    return switch (entry) {
      case ChunkEntry.Hole _ -> Contents.ZERO;
      case ChunkEntry.Zero(boolean trimmed) -> trimmed ? Contents.TRIMMED : Contents.ZERO;
      case ChunkEntry.Framed _ -> Contents.DATA;
    };
  }
}
