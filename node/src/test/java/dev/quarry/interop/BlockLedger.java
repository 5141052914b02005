package dev.quarry.interop;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.stream.IntStream;

/// What the writers of a volume know of its blocks, and therefore what a block may hold after a
/// crash: the last version that was promised to be stable, or any that was sent later.
///
/// One request at a time writes a block, so that its versions have an order. Safe for use by
/// several threads.
final class BlockLedger {
  /// A content that was sent to a block.
  ///
  /// @param version counts from 1 and is never used twice
  /// @param zero whether the block was zeroed rather than stamped
  record Content(long version, boolean zero) {
    static final Content NEVER_WRITTEN = new Content(0, true);
  }

  /// A moment to come back to once a flush that was sent then is answered.
  record FlushPoint(Content[] acknowledged) {}

  private final History[] blocks; // guarded by this, as are the histories

  BlockLedger(int blockCount) {
    blocks = IntStream.range(0, blockCount).mapToObj(_ -> new History()).toArray(History[]::new);
  }

  int blockCount() {
    return blocks.length;
  }

  /// The next content of a block, which from now on may be found in it.
  synchronized Content issue(int block, boolean zero) {
    return blocks[block].issue(zero);
  }

  /// The server answered that the content was written.
  synchronized void acknowledged(int block, Content content) {
    blocks[block].acknowledged = content;
  }

  /// The server answered that the content is on stable storage.
  synchronized void stable(int block, Content content) {
    blocks[block].stable(content);
  }

  /// To be called before a flush is sent.
  synchronized FlushPoint flushPoint() {
    Content[] acknowledged = new Content[blocks.length];
    for (int block = 0; block < blocks.length; block++) {
      acknowledged[block] = blocks[block].acknowledged;
    }
    return new FlushPoint(acknowledged);
  }

  /// The flush was answered: what had been acknowledged before it was sent is stable.
  synchronized void flushed(FlushPoint point) {
    for (int block = 0; block < blocks.length; block++) {
      blocks[block].stable(point.acknowledged[block]);
    }
  }

  /// What a reader must find, as nothing is being written to the block: its last content.
  synchronized Optional<String> disagreement(int block, long found) {
    Content last = blocks[block].acknowledged;
    return matches(last, found)
        ? Optional.empty()
        : Optional.of("block %d holds version %d, not %s".formatted(block, found, last));
  }

  /// Takes what was found in a block after a crash as its content from here on.
  ///
  /// @param found the version, 0 for zeros
  /// @return what is wrong with it, if it should not be there
  synchronized Optional<String> settle(int block, long found) {
    History history = blocks[block];
    for (Content content : history.possible) {
      if (matches(content, found)) {
        history.possible.clear();
        history.possible.add(content);
        history.acknowledged = content;
        return Optional.empty();
      }
    }
    return Optional.of(
        "block %d holds version %d, not one of %s".formatted(block, found, history.possible));
  }

  private static boolean matches(Content content, long found) {
    return content.zero() ? found == 0 : found == content.version();
  }

  private static final class History {
    /// What may be found, oldest first: the last stable content and all later ones.
    final Deque<Content> possible = new ArrayDeque<>();

    Content acknowledged = Content.NEVER_WRITTEN;
    long versions;

    History() {
      possible.add(Content.NEVER_WRITTEN);
    }

    Content issue(boolean zero) {
      Content content = new Content(++versions, zero);
      possible.add(content);
      return content;
    }

    void stable(Content content) {
      while (possible.getFirst().version() < content.version()) {
        possible.removeFirst();
      }
    }
  }
}
