package dev.quarry.volume;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/// A gate that many pass at a time, and that can be shut to be alone.
///
/// Passing costs two atomic additions on a counter that threads share only by chance, which is why
/// this is not a read-write lock: every request of every connection passes here.
///
/// Whoever enters leaves again in the same thread and does not enter twice. [#shut] returns when
/// all who entered have left; those who come later wait until [#open].
final class Gate {
  private static final int STRIPES = 32;
  private static final int LONGS_PER_CACHE_LINE = 8;

  private final AtomicLongArray inside = new AtomicLongArray(STRIPES * LONGS_PER_CACHE_LINE);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition opened = lock.newCondition();
  private volatile boolean shut;

  /// Enters, waiting while the gate is shut.
  void enter() {
    while (!tryEnter()) {
      lock.lock();
      try {
        while (shut) {
          opened.awaitUninterruptibly();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /// Enters unless the gate is shut.
  boolean tryEnter() {
    int stripe = stripe();
    // The addition is seen before `shut` is read, and in shut() the other way round: one of the two
    // threads always sees the other.
    inside.getAndIncrement(stripe);
    if (shut) {
      inside.getAndDecrement(stripe);
      return false;
    }
    return true;
  }

  /// Leaves.
  void leave() {
    inside.getAndDecrement(stripe());
  }

  /// Shuts the gate and waits until nobody is inside. One at a time: a second caller waits for
  /// [#open].
  void shut() {
    lock.lock();
    try {
      while (shut) {
        opened.awaitUninterruptibly();
      }
      shut = true;
    } finally {
      lock.unlock();
    }
    for (int spins = 0; occupied(); spins++) {
      if (spins < 1_000) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(20_000);
      }
    }
  }

  /// Opens the gate again.
  void open() {
    lock.lock();
    try {
      shut = false;
      opened.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean occupied() {
    long sum = 0;
    for (int i = 0; i < STRIPES; i++) {
      sum += inside.get(i * LONGS_PER_CACHE_LINE);
    }
    return sum != 0;
  }

  private static int stripe() {
    return (int) (Thread.currentThread().threadId() % STRIPES) * LONGS_PER_CACHE_LINE;
  }
}
