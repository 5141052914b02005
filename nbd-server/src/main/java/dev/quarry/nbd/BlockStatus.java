package dev.quarry.nbd;

import dev.quarry.block.VolumeException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Answers BLOCK_STATUS: what the negotiated metadata contexts know of a range, one chunk each.
final class BlockStatus {
  /// The most contexts of a connection. With [#EXTENT_LIMIT] it keeps every answer to half a
  /// mebibyte.
  static final int CONTEXT_LIMIT = 16;

  /// The most extents of an answer in one context; the client asks again for what is behind them.
  private static final int EXTENT_LIMIT = 2000;

  private final ReplyFormat format;
  private final List<MetadataContext> contexts;

  /// @param contexts in the order of their numbers, the first of which is 1
  BlockStatus(ReplyFormat format, List<MetadataContext> contexts) {
    assert contexts.size() <= CONTEXT_LIMIT;
    this.format = format;
    this.contexts = List.copyOf(contexts);
  }

  /// The length of the longest answer.
  int longestBytes() {
    return contexts.size() * format.statusBytes(EXTENT_LIMIT);
  }

  /// Writes the answer down at `at`, where there are [#longestBytes] free.
  ///
  /// @return where it ends
  long write(MemorySegment to, long at, Request request) throws VolumeException {
    long left = request.contexts() & (1L << contexts.size()) - 1;
    long end = at;
    while (left != 0) {
      int index = Long.numberOfTrailingZeros(left);
      left &= left - 1;
      end = write(to, end, request, index, left == 0);
    }
    return end;
  }

  private long write(MemorySegment to, long at, Request request, int index, boolean last)
      throws VolumeException {
    List<StatusExtent> extents = extents(contexts.get(index), request);
    long end = at + format.status(to, at, request, index + 1, extents.size(), last);
    for (StatusExtent extent : extents) {
      end += format.statusExtent(to, end, extent.length(), extent.status());
    }
    return end;
  }

  private List<StatusExtent> extents(MetadataContext context, Request request)
      throws VolumeException {
    int limit = request.flagged(Wire.FLAG_REQ_ONE) ? 1 : EXTENT_LIMIT;
    long length = Math.min(request.length(), format.statusLimitBytes());
    List<StatusExtent> merged = new ArrayList<>();
    for (StatusExtent next : context.extents(request.offset(), length, limit)) {
      if (!merged.isEmpty() && merged.getLast().status() == next.status()) {
        StatusExtent before = merged.removeLast();
        merged.add(new StatusExtent(before.length() + next.length(), next.status()));
      } else {
        merged.add(next);
      }
    }
    return merged;
  }
}
