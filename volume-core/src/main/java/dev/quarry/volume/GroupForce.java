package dev.quarry.volume;

import dev.quarry.block.VolumeException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Forces a file for all who ask at about the same time.
///
/// A force covers the writes that returned before it started, so a caller is served by the first
/// one that starts after it asked. If none is running it leads one itself, in its own thread;
/// otherwise it waits, and one of those waiting leads the next for all of them.
///
/// A failed force is final. The kernel may have dropped the dirty pages it could not write, so that
/// a second force would succeed and prove nothing: every later call fails as the first did.
final class GroupForce {

  /// What is forced.
  @FunctionalInterface
  interface Target {
    void force() throws VolumeException;
  }

  private final Target target;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private boolean running; // guarded by lock
  private long started; // guarded by lock: how many forces have started
  private long done; // guarded by lock: all up to this one have ended well
  private volatile VolumeException failure; // set once, under lock

  GroupForce(Target target) {
    this.target = target;
  }

  /// Makes durable all writes that returned before this call.
  void force() throws VolumeException {
    lock.lock();
    try {
      long mine = started + 1;
      while (done < mine) {
        throwIfFailed();
        if (running) {
          ended.awaitUninterruptibly();
        } else {
          lead();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /// Does something of the same volume that includes a force, and whose failure is as final: marks
  /// that a failed force left behind are taken for durable by the next one as well.
  void alike(Target action) throws VolumeException {
    throwIfFailed();
    try {
      action.force();
    } catch (VolumeException.Unavailable e) {
      failed(e);
      throw e;
    }
  }

  /// Throws if a force has failed, ever.
  void throwIfFailed() throws VolumeException {
    VolumeException first = failure;
    if (first != null) {
      throw new VolumeException.Unavailable(
          "an earlier flush failed and what it should have made durable may be lost; "
              + "the volume refuses changes",
          first);
    }
  }

  /// Whether a force has failed, ever.
  boolean failed() {
    return failure != null;
  }

  private void lead() throws VolumeException {
    assert lock.isHeldByCurrentThread() && !running;
    running = true;
    long mine = ++started;
    lock.unlock();
    VolumeException thrown = null;
    try {
      target.force();
    } catch (VolumeException e) {
      thrown = e;
    } finally {
      lock.lock();
      running = false;
      ended.signalAll();
    }
    if (thrown != null) {
      failed(thrown);
      throw thrown;
    }
    done = mine;
  }

  private void failed(VolumeException thrown) {
    lock.lock();
    try {
      if (failure == null) {
        failure = thrown;
      }
    } finally {
      lock.unlock();
    }
  }
}
