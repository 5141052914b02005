package dev.quarry.snapshot;

import dev.quarry.volume.BlockMask;
import dev.quarry.volume.ChunkLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;

/// Puts chunks together from their frames. Frames that lie near each other in a pack are got with
/// one request, and requests are made side by side.
///
/// A frame is opened where it is needed, and a FULL right into its chunk: half of the time of a
/// restore went into copies, and into memory for them.
///
/// Safe for use by many threads.
final class ChunkFetcher {
  private static final int MAX_GAP_BYTES = 64 * 1024;

  private final FrameFetcher frames;
  private final int maxRunBytes;
  private final Semaphore requests;

  /// For one chunk at a time.
  ChunkFetcher(FrameFetcher frames) {
    this(frames, 1024 * 1024, 16);
  }

  /// @param maxRunBytes the most that is got with one request, unless a single frame has more
  /// @param requests how many requests may be under way side by side
  ChunkFetcher(FrameFetcher frames, int maxRunBytes, int requests) {
    this.frames = frames;
    this.maxRunBytes = maxRunBytes;
    this.requests = new Semaphore(requests);
  }

  /// Reads the contents of a chunk, all 512 KiB of it.
  void fetch(ChunkEntry entry, byte[] into) {
    fetch(List.of(entry.frames()), List.of(into));
  }

  /// Reads the contents of chunks.
  ///
  /// @param chunks the frames of each, the lowest first; none for a chunk of zeros
  /// @param into 512 KiB for each
  void fetch(List<List<FrameRef>> chunks, List<byte[]> into) {
    Map<FrameRef, StoredFrames> stored = stored(chunks.stream().flatMap(List::stream).toList());
    try (FrameOpener opener = new FrameOpener(frames.seals())) {
      for (int i = 0; i < chunks.size(); i++) {
        assemble(opener, chunks.get(i), stored, into.get(i));
      }
    }
  }

  /// Which blocks DELTAs have, for each list of them together.
  List<BlockMask> masks(List<List<FrameRef>> deltas) {
    Map<FrameRef, StoredFrames> stored = stored(deltas.stream().flatMap(List::stream).toList());
    List<BlockMask> masks = new ArrayList<>(deltas.size());
    try (FrameOpener opener = new FrameOpener(frames.seals())) {
      for (List<FrameRef> refs : deltas) {
        BlockMask mask = BlockMask.NONE;
        for (FrameRef ref : refs) {
          mask = mask.or(maskOf(ref, opener.open(stored.get(ref), ref)));
        }
        masks.add(mask);
      }
    }
    return masks;
  }

  private static void assemble(
      FrameOpener opener, List<FrameRef> refs, Map<FrameRef, StoredFrames> stored, byte[] into) {
    assert into.length == ChunkLayout.CHUNK_BYTES;
    if (refs.isEmpty() || refs.getFirst().frame().kind() != FrameKind.FULL) {
      Arrays.fill(into, (byte) 0);
    }
    for (FrameRef ref : refs) {
      switch (ref.frame().kind()) {
        case FULL -> opener.open(stored.get(ref), ref, into);
        case DELTA -> overlay(ref, opener.open(stored.get(ref), ref), into);
        case LEAF, INNER, HEAT, TRACE -> throw new AssertionError("a page is not a chunk's frame");
      }
    }
  }

  private static void overlay(FrameRef ref, byte[] delta, byte[] into) {
    maskOf(ref, delta);
    Blocks.overlay(delta, into);
  }

  /// The mask of a DELTA, which has as many blocks as its reference says.
  private static BlockMask maskOf(FrameRef ref, byte[] delta) {
    BlockMask mask = Blocks.maskOf(delta);
    if (mask.count() != ref.frame().blockCount()) {
      throw new SnapshotException.Corrupt(
          ref.pack().stored().objectName(),
          "delta has another number of blocks than its mask chunk=" + ref.frame().position());
    }
    return mask;
  }

  /// Gets frames, as they are stored, side by side.
  private Map<FrameRef, StoredFrames> stored(List<FrameRef> refs) {
    if (refs.isEmpty()) {
      return Map.of();
    }
    List<List<FrameRef>> runs = FrameRuns.of(refs, MAX_GAP_BYTES, maxRunBytes);
    List<FutureTask<StoredFrames>> gets = new ArrayList<>();
    for (List<FrameRef> run : runs) {
      gets.add(new FutureTask<>(() -> limited(run)));
    }
    for (FutureTask<StoredFrames> get : gets.subList(1, gets.size())) {
      Thread.ofVirtual().name("frame-fetch").start(get);
    }
    gets.getFirst().run(); // most chunks need one request only, and no other thread
    List<StoredFrames> got = Futures.results(gets);
    Map<FrameRef, StoredFrames> stored = new HashMap<>();
    for (int i = 0; i < runs.size(); i++) {
      for (FrameRef ref : runs.get(i)) {
        stored.put(ref, got.get(i));
      }
    }
    return stored;
  }

  private StoredFrames limited(List<FrameRef> run) {
    requests.acquireUninterruptibly();
    try {
      return frames.stored(run);
    } finally {
      requests.release();
    }
  }
}
