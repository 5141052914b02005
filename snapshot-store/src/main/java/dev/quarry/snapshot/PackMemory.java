package dev.quarry.snapshot;

import java.util.ArrayDeque;
import java.util.Deque;

/// The memory that packs are filled in, shared by all snapshots that a process makes at a time.
///
/// Who makes a snapshot first waits for its turn: until the packs are there that it cannot do
/// without. So those whose turn it is never wait for each other, and there are only so many of
/// them. Turns are given in the order in which they were asked for. What is left over goes to
/// whoever asks, while nobody waits for a turn: to a snapshot one pack at first, and one more for
/// each that it has given back. So a store that takes little gets packs made at its pace from the
/// start, and one that takes much soon has as many under way as there is memory for.
///
/// Buffers are kept for the next pack while snapshots are being made, and dropped after the last.
///
/// Safe for use by many threads.
final class PackMemory {
  private final Deque<byte[]> idle = new ArrayDeque<>(); // guarded by this
  private final Deque<Object> waiting = new ArrayDeque<>(); // guarded by this
  private int free; // packs that nobody has or may count on; guarded by this
  private int turns; // guarded by this

  /// @param packs the most packs at a time, 16 MiB each
  PackMemory(int packs) {
    this.free = packs;
  }

  /// Waits for a turn.
  ///
  /// @param packs how many packs may be counted on
  Turn turn(int packs, StopFlag stop) {
    Object me = new Object();
    synchronized (this) {
      waiting.addLast(me);
      try {
        while (waiting.peekFirst() != me || free < packs) {
          stop.check();
          pause();
        }
        free -= packs;
        turns++;
      } finally {
        waiting.remove(me);
        notifyAll();
      }
    }
    return new Turn(packs);
  }

  /// A second at most: being asked to stop wakes nobody.
  private void pause() {
    try {
      wait(1000);
    } catch (InterruptedException _) {
      // Nobody interrupts these threads; whether to stop is asked for by the flag.
    }
  }

  /// The memory of one snapshot.
  final class Turn implements AutoCloseable {
    private final int reserved;
    private int used; // guarded by PackMemory.this
    private int extra = 1; // how many more than reserved it may have; guarded by PackMemory.this

    private Turn(int reserved) {
      this.reserved = reserved;
    }

    /// Memory for one more pack; waits for one of its own while there is no other.
    byte[] take() {
      synchronized (PackMemory.this) {
        while (used >= reserved && (free == 0 || !waiting.isEmpty() || used >= reserved + extra)) {
          pause();
        }
        if (used >= reserved) {
          free--;
        }
        used++;
        return idle.isEmpty() ? new byte[PackBuilder.MAX_BYTES] : idle.pop();
      }
    }

    void giveBack(byte[] buffer) {
      synchronized (PackMemory.this) {
        idle.push(buffer);
        if (used > reserved) {
          free++;
        }
        used--;
        extra++;
        PackMemory.this.notifyAll();
      }
    }

    /// Waits until all memory was given back.
    void awaitAll() {
      synchronized (PackMemory.this) {
        while (used > 0) {
          pause();
        }
      }
    }

    /// Ends the turn, after all memory was given back.
    @Override
    public void close() {
      synchronized (PackMemory.this) {
        assert used == 0;
        free += reserved;
        turns--;
        if (turns == 0) {
          idle.clear();
        }
        PackMemory.this.notifyAll();
      }
    }
  }
}
