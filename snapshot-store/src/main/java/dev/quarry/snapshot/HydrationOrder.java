package dev.quarry.snapshot;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongPredicate;

/// In which order the chunks of a volume are fetched in the background: what was asked for and what
/// lies near it, what was read first after earlier attaches, what was hot, the rest from the
/// beginning to the end. Pure: it fetches nothing and knows no time.
///
/// Takes no memory but for the hints. One thread at a time.
public final class HydrationOrder {
  /// What [#next] answers when there is nothing left.
  public static final long DONE = -1;

  /// The most chunks that wait because they were asked for; the oldest are forgotten, since the
  /// other orders come to them as well.
  static final int MAX_DEMANDED = 1024;

  private static final int HOTTEST = 3;

  private final long chunkCount;
  private final Hints hints;
  private final Deque<Long> demanded = new ArrayDeque<>();
  private int traced; // how much of the trace is behind us
  private int heat = HOTTEST; // the pass
  private long next; // the chunk at which the pass is

  public HydrationOrder(long chunkCount, Hints hints) {
    this.chunkCount = chunkCount;
    this.hints = hints;
  }

  /// Says that a chunk is wanted before others.
  public void demand(long chunk) {
    if (demanded.size() == MAX_DEMANDED) {
      demanded.removeFirst();
    }
    demanded.addLast(chunk);
  }

  /// The next chunk to fetch, or [#DONE].
  ///
  /// @param wanted whether a chunk still has to be fetched; each chunk is asked for a few times
  public long next(LongPredicate wanted) {
    while (!demanded.isEmpty()) {
      long chunk = demanded.removeFirst();
      if (isInside(chunk) && wanted.test(chunk)) {
        return chunk;
      }
    }
    while (traced < hints.trace().size()) {
      long chunk = hints.trace().get(traced++);
      if (isInside(chunk) && wanted.test(chunk)) {
        return chunk;
      }
    }
    for (; heat >= 0; heat--, next = 0) {
      while (next < chunkCount) {
        long chunk = next++;
        if (hints.heatOf(chunk) == heat && wanted.test(chunk)) {
          return chunk;
        }
      }
    }
    return DONE;
  }

  private boolean isInside(long chunk) {
    return chunk >= 0 && chunk < chunkCount;
  }
}
