package dev.quarry.node;

import dev.quarry.objects.StoreTime;
import dev.quarry.shaping.TimeSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The machine's clock for what waits for a store. All waits end when the node does.
final class NodeTime implements StoreTime, TimeSource {
  private final CountDownLatch ended = new CountDownLatch(1);

  /// Ends all waits, those to come as well.
  void end() {
    ended.countDown();
  }

  boolean hasEnded() {
    return ended.getCount() == 0;
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  /// Waits as stores do.
  ///
  /// @throws InterruptedException if the node ends, or the thread is interrupted
  @Override
  public void sleep(long nanos) throws InterruptedException {
    if (nanos > 0 && ended.await(nanos, TimeUnit.NANOSECONDS)) {
      throw new InterruptedException("the node ends");
    }
  }

  /// Waits as what hydrates does, whose end is asked for by other means.
  @Override
  public void pause(long nanos) {
    try {
      sleep(nanos);
    } catch (InterruptedException _) {
      Thread.yield(); // whoever waits looks whether it is to end
    }
  }
}
