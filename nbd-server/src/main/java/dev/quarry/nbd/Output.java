package dev.quarry.nbd;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/// The replies of one connection on their way out: small ones in a row in one staging buffer, so
/// that one call sends many; large ones in the buffers of their jobs, without another copy.
///
/// Nothing here waits. When the client takes no more, [#pending] stays true, and there is no room
/// for new replies until it does.
final class Output {
  /// The longest data that goes through the staging buffer.
  static final int STAGED_LIMIT = 1 << 20;

  static final int CAPACITY = STAGED_LIMIT + 4096; // with the headers before it

  /// Staged bytes are sent when there would be more than this: enough that the call costs little
  /// beside the copying, little enough that a client works on the first replies to a deep queue
  /// while the server makes the others. Both in turn cost a quarter of the rate of 4 KiB reads (ADR
  /// 4).
  private static final long SEND_BYTES = 64 << 10;

  /// The same for replies without data.
  private static final int SEND_REPLIES = 16;

  private final ClientStream stream;
  private final MemorySegment staging;
  private final Consumer<Job> sent;
  private long stagedFrom; // what was sent of the staged bytes
  private long stagedTo;
  private int stagedReplies;
  private final ArrayDeque<Job> large = new ArrayDeque<>();
  private int largePiece; // of the first large reply, the piece that is being sent
  private long largeSent; // what was sent of that piece
  private long sentBytes;
  private boolean refused; // there was no room since the last flush
  private boolean freed; // a job was through since the last call of relieve

  /// @param sent takes the jobs of large replies that are through
  Output(ClientStream stream, MemorySegment staging, Consumer<Job> sent) {
    assert staging.byteSize() >= CAPACITY;
    this.stream = stream;
    this.staging = staging;
    this.sent = sent;
  }

  /// Where staged replies are written, from [#roomFor] on.
  MemorySegment staging() {
    return staging;
  }

  /// Whether replies wait for the client to take them.
  boolean pending() {
    return stagedFrom < stagedTo || !large.isEmpty() || stream.pending();
  }

  /// Whether there are replies in the buffers of their jobs.
  boolean holdsBuffer() {
    return !large.isEmpty();
  }

  /// How many bytes the client was sent so far.
  long sentBytes() {
    return sentBytes;
  }

  /// Makes room for a staged reply of up to `bytes`.
  ///
  /// @return where it begins, or -1 if the client has to take replies first
  long roomFor(long bytes) throws ClientGone {
    boolean enough = stagedTo + bytes > SEND_BYTES || stagedReplies == SEND_REPLIES;
    if (stagedTo > 0 && enough && !flush()) {
      refused = true;
      return -1;
    }
    assert stagedTo + bytes <= CAPACITY;
    return stagedTo;
  }

  /// Says that a reply was written where there was room for it.
  void staged(long bytes) {
    stagedReplies++;
    stagedTo += bytes;
  }

  /// Takes over a job whose reply is in its own buffer, and sends it from there.
  void replyFrom(Job job) {
    large.add(job);
  }

  /// Sends what the client takes.
  ///
  /// @return whether that was everything
  boolean flush() throws ClientGone {
    if (largeBegun() && !sendLarge()) {
      return false; // a reply that was begun goes first
    }
    if (!sendStaged()) {
      return false;
    }
    while (!large.isEmpty()) {
      if (!sendLarge()) {
        return false;
      }
    }
    return stream.flushNow();
  }

  /// Sends what the client takes.
  ///
  /// @return whether there is room now that there was not before, or a buffer that somebody may
  ///   have wanted
  boolean relieve() throws ClientGone {
    boolean before = refused;
    refused = false;
    freed = false;
    return flush() && before || freed;
  }

  /// Gives up what was not sent.
  void close() {
    large.forEach(sent);
    large.clear();
  }

  private boolean largeBegun() {
    return largePiece > 0 || largeSent > 0;
  }

  private boolean sendStaged() throws ClientGone {
    while (stagedFrom < stagedTo) {
      long count = stream.sendNow(staging.address() + stagedFrom, stagedTo - stagedFrom);
      if (count == 0) {
        return false;
      }
      stagedFrom += count;
      sentBytes += count;
    }
    stagedFrom = 0;
    stagedTo = 0;
    stagedReplies = 0;
    return true;
  }

  private boolean sendLarge() throws ClientGone {
    Job job = large.peek();
    Pieces pieces = job.pieces();
    for (; largePiece < pieces.count(); largePiece++) {
      long at = job.memory().address() + pieces.from(largePiece);
      long size = pieces.to(largePiece) - pieces.from(largePiece);
      while (largeSent < size) {
        long count = stream.sendNow(at + largeSent, size - largeSent);
        if (count == 0) {
          return false;
        }
        largeSent += count;
        sentBytes += count;
      }
      largeSent = 0;
    }
    largePiece = 0;
    large.remove();
    freed = true;
    sent.accept(job);
    return true;
  }
}
