package dev.quarry.snapshot;

import dev.quarry.objects.FilterStore;
import dev.quarry.objects.ObjectStore;
import dev.quarry.objects.ObjectStoreException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A store that holds one request back until it is told to go on: its process is asleep.
final class StallingStore extends FilterStore {
  private final int stallAt;
  private final CountDownLatch stalled = new CountDownLatch(1);
  private final CountDownLatch awake = new CountDownLatch(1);
  private int calls; // guarded by this

  StallingStore(ObjectStore next, int stallAt) {
    super(next);
    this.stallAt = stallAt;
  }

  /// Waits until the request came, or until the work ended without it.
  ///
  /// @return whether it came
  boolean awaitStall(Thread worker) throws InterruptedException {
    while (worker.isAlive()) {
      if (stalled.await(1, TimeUnit.MILLISECONDS)) {
        return true;
      }
    }
    return stalled.getCount() == 0;
  }

  void wake() {
    awake.countDown();
  }

  private void count() {
    boolean stall;
    synchronized (this) {
      stall = calls++ == stallAt;
    }
    if (stall) {
      stalled.countDown();
      try {
        awake.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Override
  public Put putIfAbsent(String name, MemorySegment bytes) throws ObjectStoreException {
    count();
    return super.putIfAbsent(name, bytes);
  }

  @Override
  public Optional<byte[]> get(String name) throws ObjectStoreException {
    count();
    return super.get(name);
  }

  @Override
  public boolean getRange(String name, long offset, MemorySegment into)
      throws ObjectStoreException {
    count();
    return super.getRange(name, offset, into);
  }

  @Override
  public Optional<Head> head(String name) throws ObjectStoreException {
    count();
    return super.head(name);
  }

  @Override
  public Page list(String prefix, String startAfter, int limit) throws ObjectStoreException {
    count();
    return super.list(prefix, startAfter, limit);
  }

  @Override
  public void delete(String name) throws ObjectStoreException {
    count();
    super.delete(name);
  }
}
