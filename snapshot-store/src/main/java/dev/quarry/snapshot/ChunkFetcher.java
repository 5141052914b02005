package dev.quarry.snapshot;

import dev.quarry.volume.ChunkLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;

/// Puts a chunk together from its frames. Safe for use by many threads.
final class ChunkFetcher {
  /// Frames of one chunk that lie this close in a pack are got with one request.
  private static final int MAX_GAP_BYTES = 64 * 1024;

  private static final int MAX_RUN_BYTES = 1024 * 1024;

  private final FrameFetcher frames;

  ChunkFetcher(FrameFetcher frames) {
    this.frames = frames;
  }

  /// Reads the contents of a chunk, all 512 KiB of it.
  void fetch(ChunkEntry entry, byte[] into) {
    assert into.length == ChunkLayout.CHUNK_BYTES;
    switch (entry) {
      case ChunkEntry.Hole _, ChunkEntry.Zero _ -> Arrays.fill(into, (byte) 0);
      case ChunkEntry.Framed(List<FrameRef> refs) -> assemble(refs, contents(refs), into);
    }
  }

  /// Lays frames over each other, the first one lowest.
  static void assemble(List<FrameRef> refs, List<byte[]> contents, byte[] into) {
    Arrays.fill(into, (byte) 0);
    for (int i = 0; i < refs.size(); i++) {
      byte[] plain = contents.get(i);
      Frame frame = refs.get(i).frame();
      switch (frame.kind()) {
        case FULL -> System.arraycopy(plain, 0, into, 0, into.length);
        case DELTA -> {
          if (Blocks.maskOf(plain).count() != frame.blockCount()) {
            throw new SnapshotException.Corrupt(
                refs.get(i).pack().stored().objectName(),
                "delta has another number of blocks than its mask chunk=" + frame.position());
          }
          Blocks.overlay(plain, into);
        }
        case LEAF, INNER, HEAT, TRACE -> throw new AssertionError("a page is not a chunk's frame");
      }
    }
  }

  /// The contents of frames in their order, got side by side.
  private List<byte[]> contents(List<FrameRef> refs) {
    List<List<FrameRef>> runs = FrameRuns.of(refs, MAX_GAP_BYTES, MAX_RUN_BYTES);
    List<FutureTask<List<byte[]>>> requests = new ArrayList<>();
    for (List<FrameRef> run : runs) {
      requests.add(new FutureTask<>(() -> frames.fetchRun(run)));
    }
    for (FutureTask<List<byte[]>> request : requests.subList(1, requests.size())) {
      Thread.ofVirtual().name("frame-fetch").start(request);
    }
    requests.getFirst().run(); // most chunks need one request only, and no other thread
    List<List<byte[]>> results = Futures.results(requests);
    Map<FrameRef, byte[]> contents = new HashMap<>();
    for (int i = 0; i < runs.size(); i++) {
      for (int j = 0; j < runs.get(i).size(); j++) {
        contents.put(runs.get(i).get(j), results.get(i).get(j));
      }
    }
    return refs.stream().map(contents::get).toList();
  }
}
