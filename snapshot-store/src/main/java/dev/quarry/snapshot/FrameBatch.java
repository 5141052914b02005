package dev.quarry.snapshot;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;

/// Gets many frames with few large requests, side by side: frames that lie near each other in a
/// pack come together.
///
/// Safe for use by many threads.
final class FrameBatch {
  private static final int MAX_GAP_BYTES = 64 * 1024;
  private static final int MAX_RUN_BYTES = 4 * 1024 * 1024;

  private final FrameFetcher frames;
  private final Semaphore requests;

  /// @param requests how many requests may be under way side by side
  FrameBatch(FrameFetcher frames, int requests) {
    this.frames = frames;
    this.requests = new Semaphore(requests);
  }

  /// The contents of frames.
  Map<FrameRef, byte[]> fetch(List<FrameRef> refs) {
    List<List<FrameRef>> runs = FrameRuns.of(refs, MAX_GAP_BYTES, MAX_RUN_BYTES);
    List<FutureTask<List<byte[]>>> tasks = new ArrayList<>();
    for (List<FrameRef> run : runs) {
      FutureTask<List<byte[]>> task = new FutureTask<>(() -> limited(run));
      Thread.ofVirtual().name("frame-batch").start(task);
      tasks.add(task);
    }
    List<List<byte[]>> results = Futures.results(tasks);
    Map<FrameRef, byte[]> contents = new HashMap<>();
    for (int i = 0; i < runs.size(); i++) {
      List<byte[]> plain = results.get(i);
      for (int j = 0; j < plain.size(); j++) {
        contents.put(runs.get(i).get(j), plain.get(j));
      }
    }
    return contents;
  }

  private List<byte[]> limited(List<FrameRef> run) {
    requests.acquireUninterruptibly();
    try {
      return frames.fetchRun(run);
    } finally {
      requests.release();
    }
  }
}
