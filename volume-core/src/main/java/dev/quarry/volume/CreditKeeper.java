package dev.quarry.volume;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Saves the credits of volumes while they spend them, so that a killed process does not give them
/// back. Has a thread of its own.
final class CreditKeeper implements AutoCloseable {
  /// At its full burst a gp2 volume spends 0.8 % of its bucket between two saves; twice that is set
  /// aside for a process that is killed.
  private static final Duration INTERVAL = Duration.ofSeconds(15);

  /// For how long credits must be set aside when they are saved, if saving takes no time.
  static final Duration AHEAD = INTERVAL.multipliedBy(2);

  private final Supplier<List<Volume>> volumes;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  private CreditKeeper(Supplier<List<Volume>> volumes) {
    this.volumes = volumes;
    this.thread = Thread.ofPlatform().name("quarry-credits").daemon().unstarted(this::run);
  }

  static CreditKeeper start(Supplier<List<Volume>> volumes) {
    CreditKeeper keeper = new CreditKeeper(volumes);
    keeper.thread.start();
    return keeper;
  }

  private void run() {
    Duration ahead = AHEAD;
    try {
      while (!closing.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
        ahead = pass(ahead);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody does that; the volumes save when they close
    }
  }

  /// Saves once.
  ///
  /// @return for how long to set credits aside the next time: a disk that is slow makes saves rarer
  private Duration pass(Duration ahead) {
    long begun = System.nanoTime();
    for (Volume volume : volumes.get()) {
      volume.saveCredits(ahead);
    }
    return AHEAD.plusNanos(2 * (System.nanoTime() - begun));
  }

  /// Ends the thread, after the save that it is at.
  @Override
  public void close() {
    closing.countDown();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
