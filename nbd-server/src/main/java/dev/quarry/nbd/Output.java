package dev.quarry.nbd;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/// The replies of one connection on their way out: small ones in a row in one staging buffer, so
/// that one call sends many; large ones in the buffers of their jobs, without another copy.
///
/// Nothing here waits. When the client takes no more, [#pending] stays true, and there is no room
/// for new replies until it does.
///
/// ```
/// simple reply  0 magic | 4 error | 8 cookie | 16 data of a READ without error
/// ```
final class Output {
  /// The longest READ whose data goes through the staging buffer.
  static final int STAGED_LIMIT = 1 << 20;

  static final int CAPACITY = STAGED_LIMIT + Wire.SIMPLE_REPLY_BYTES;

  /// Staged bytes are sent when there would be more than this: enough that the call costs little
  /// beside the copying, little enough that a client works on the first replies to a deep queue
  /// while the server makes the others. Both in turn cost a quarter of the rate of 4 KiB reads (ADR
  /// 4).
  private static final long SEND_BYTES = 64 << 10;

  /// The same for replies without data.
  private static final int SEND_REPLIES = 16;

  private final ClientSocket socket;
  private final MemorySegment staging;
  private final Consumer<Job> sent;
  private long stagedFrom; // what was sent of the staged bytes
  private long stagedTo;
  private int stagedReplies;
  private final ArrayDeque<Job> large = new ArrayDeque<>();
  private long largeFrom; // what was sent of the first large reply
  private long sentBytes;
  private boolean refused; // there was no room since the last flush

  /// @param sent takes the jobs of large replies that are through
  Output(ClientSocket socket, MemorySegment staging, Consumer<Job> sent) {
    assert staging.byteSize() >= CAPACITY;
    this.socket = socket;
    this.staging = staging;
    this.sent = sent;
  }

  /// Where the data of a READ goes, from [#roomFor] + [Wire#SIMPLE_REPLY_BYTES] on.
  MemorySegment staging() {
    return staging;
  }

  /// Whether replies wait for the client to take them.
  boolean pending() {
    return stagedFrom < stagedTo || !large.isEmpty();
  }

  /// Whether there are replies in the buffers of their jobs.
  boolean holdsBuffer() {
    return !large.isEmpty();
  }

  /// How many bytes the client was sent so far.
  long sentBytes() {
    return sentBytes;
  }

  /// Makes room for a staged reply with `dataBytes` of data.
  ///
  /// @return where it begins, or -1 if the client has to take replies first
  long roomFor(long dataBytes) throws ClientGone {
    long end = stagedTo + Wire.SIMPLE_REPLY_BYTES + dataBytes;
    boolean enough = end > SEND_BYTES || stagedReplies == SEND_REPLIES;
    if (stagedTo > 0 && enough && !flush()) {
      refused = true;
      return -1;
    }
    assert stagedTo + Wire.SIMPLE_REPLY_BYTES + dataBytes <= CAPACITY;
    return stagedTo;
  }

  /// Stages a reply without data; there must be room for it.
  void reply(long cookie, int error) {
    header(staging, stagedTo, cookie, error);
    stagedReplies++;
    stagedTo += Wire.SIMPLE_REPLY_BYTES;
  }

  /// Stages the header of a reply to a READ whose data is in its place already.
  void replyWithData(long cookie, long dataBytes) {
    header(staging, stagedTo, cookie, WireError.NONE);
    stagedReplies++;
    stagedTo += Wire.SIMPLE_REPLY_BYTES + dataBytes;
  }

  /// Takes over the job of a READ that succeeded, to send its data from its own buffer.
  void replyFrom(Job job) {
    MemorySegment memory = job.buffer().memory();
    long at = Buffer.DATA_AT - Wire.SIMPLE_REPLY_BYTES;
    header(memory, at, job.request().cookie(), WireError.NONE);
    large.add(job);
  }

  /// Sends what the client takes.
  ///
  /// @return whether that was everything
  boolean flush() throws ClientGone {
    if (largeFrom > 0 && !sendLarge()) {
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
    return true;
  }

  /// Sends what the client takes.
  ///
  /// @return whether there is room now that there was not before
  boolean relieve() throws ClientGone {
    boolean before = refused;
    refused = false;
    return flush() && before;
  }

  /// Gives up what was not sent.
  void close() {
    large.forEach(sent);
    large.clear();
  }

  private boolean sendStaged() throws ClientGone {
    while (stagedFrom < stagedTo) {
      long count = socket.sendNow(staging.address() + stagedFrom, stagedTo - stagedFrom);
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
    long size = Wire.SIMPLE_REPLY_BYTES + job.request().length();
    long at = job.buffer().memory().address() + Buffer.DATA_AT - Wire.SIMPLE_REPLY_BYTES;
    while (largeFrom < size) {
      long count = socket.sendNow(at + largeFrom, size - largeFrom);
      if (count == 0) {
        return false;
      }
      largeFrom += count;
      sentBytes += count;
    }
    largeFrom = 0;
    large.remove();
    sent.accept(job);
    return true;
  }

  private static void header(MemorySegment memory, long at, long cookie, int error) {
    memory.set(Wire.INT, at, Wire.SIMPLE_REPLY_MAGIC);
    memory.set(Wire.INT, at + 4, error);
    memory.set(Wire.LONG, at + 8, cookie);
  }
}
