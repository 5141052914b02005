package dev.quarry.interop;

import dev.quarry.interop.BlockLedger.Content;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/// Writes stamped blocks through one connection until it breaks, and keeps the ledger.
///
/// Up to [#DEPTH] requests are in flight: writes of one to four blocks, some forced, write-zeroes,
/// trims, flushes, and reads that must find the last content. Several writers share a volume: each
/// has its own groups of blocks, but a flush of one makes the blocks of all stable, as connections
/// that may be used together promise.
final class StampingWriter {
  private static final int DEPTH = 8;
  private static final int MOST_BLOCKS = 4;

  private final NbdTestClient client;
  private final BlockLedger ledger;
  private final BlockSpread spread;
  private final int share;
  private final int shareCount;
  private final RandomGenerator random;
  private final AtomicLong acknowledgedCount;
  private final Map<Long, Sent> inFlight = new HashMap<>();
  private final BitSet busy = new BitSet();

  /// What to do when a request is answered.
  private sealed interface Sent {}

  private record Change(int firstBlock, List<Content> contents) implements Sent {}

  private record Check(int firstBlock, int blockCount) implements Sent {}

  private record Flush(BlockLedger.FlushPoint point) implements Sent {}

  /// @param share which part of the groups is this writer's, from 0
  /// @param acknowledgedCount is counted up with each answer
  StampingWriter(
      NbdTestClient client,
      BlockLedger ledger,
      BlockSpread spread,
      int share,
      int shareCount,
      RandomGenerator random,
      AtomicLong acknowledgedCount) {
    this.client = client;
    this.ledger = ledger;
    this.spread = spread;
    this.share = share;
    this.shareCount = shareCount;
    this.random = random;
    this.acknowledgedCount = acknowledgedCount;
  }

  /// Returns when the server has gone.
  ///
  /// @throws AssertionError if the server answered with an error, or with other data than was
  ///   written
  void writeUntilTheServerIsGone() {
    try {
      while (true) {
        if (inFlight.size() == DEPTH || (!inFlight.isEmpty() && random.nextInt(3) == 0)) {
          take(client.receive());
        } else {
          sendSomething();
        }
      }
    } catch (IOException gone) {
      // what was in flight may or may not have happened: the ledger knows both
    }
  }

  private void sendSomething() throws IOException {
    int kind = random.nextInt(100);
    if (kind < 6) {
      Flush flush = new Flush(ledger.flushPoint());
      inFlight.put(client.send(NbdRequest.flush()), flush);
      return;
    }
    int count = 1 + random.nextInt(MOST_BLOCKS);
    int first = idleBlocks(count);
    if (first < 0) {
      take(client.receive());
    } else if (kind < 16) {
      busy.set(first, first + count);
      NbdRequest read = NbdRequest.read(spread.offset(first), count * StampedBlock.BYTES);
      inFlight.put(client.send(read), new Check(first, count));
    } else {
      busy.set(first, first + count);
      change(first, count, kind);
    }
  }

  private void change(int first, int count, int kind) throws IOException {
    boolean zero = kind < 26;
    List<Content> contents = new ArrayList<>();
    byte[] data = new byte[count * StampedBlock.BYTES];
    for (int i = 0; i < count; i++) {
      Content content = ledger.issue(first + i, zero);
      contents.add(content);
      byte[] block = StampedBlock.encode(first + i, content.version());
      System.arraycopy(block, 0, data, i * StampedBlock.BYTES, StampedBlock.BYTES);
    }
    long offset = spread.offset(first);
    NbdRequest request =
        !zero
            ? NbdRequest.write(offset, data)
            : kind < 20
                ? NbdRequest.trim(offset, data.length)
                : NbdRequest.zero(offset, data.length)
                    .with(random.nextBoolean() ? NbdRequest.NO_HOLE : 0);
    if (random.nextInt(8) == 0) {
      request = request.with(NbdRequest.FUA);
    }
    inFlight.put(client.send(request), new Change(first, contents));
  }

  /// The first of `count` neighbours of this writer's that nothing is in flight for, or -1.
  private int idleBlocks(int count) {
    int ownGroups = (spread.groupCount() - share + shareCount - 1) / shareCount;
    int group = random.nextInt(ownGroups) * shareCount + share;
    int first =
        group * BlockSpread.GROUP_BLOCKS + random.nextInt(BlockSpread.GROUP_BLOCKS - count + 1);
    int nextBusy = busy.nextSetBit(first);
    return nextBusy < 0 || nextBusy >= first + count ? first : -1;
  }

  private void take(NbdReply reply) {
    if (reply.error() != 0) {
      throw new AssertionError("error=%d %s".formatted(reply.error(), reply.request()));
    }
    switch (inFlight.remove(reply.cookie())) {
      case Flush flush -> ledger.flushed(flush.point());
      case Check check -> check(check, reply.data());
      case Change change -> changed(change, reply.request());
    }
    acknowledgedCount.incrementAndGet();
  }

  private void changed(Change change, NbdRequest request) {
    for (int i = 0; i < change.contents().size(); i++) {
      int block = change.firstBlock() + i;
      ledger.acknowledged(block, change.contents().get(i));
      if (request.isForced()) {
        ledger.stable(block, change.contents().get(i));
      }
      busy.clear(block);
    }
  }

  private void check(Check check, byte[] data) {
    for (int i = 0; i < check.blockCount(); i++) {
      int block = check.firstBlock() + i;
      int from = i * StampedBlock.BYTES;
      long found = StampedBlock.decode(Arrays.copyOfRange(data, from, from + 4096), block);
      ledger
          .disagreement(block, found)
          .ifPresent(wrong -> {
            throw new AssertionError(wrong);
          });
      busy.clear(block);
    }
  }
}
