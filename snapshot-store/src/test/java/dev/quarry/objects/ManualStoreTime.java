package dev.quarry.objects;

import java.util.concurrent.atomic.AtomicLong;

/// A clock that goes when somebody waits by it.
public final class ManualStoreTime implements StoreTime {
  private final AtomicLong now = new AtomicLong();

  @Override
  public long nanoTime() {
    return now.get();
  }

  @Override
  public void sleep(long nanos) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (nanos > 0) {
      now.addAndGet(nanos);
    }
  }
}
