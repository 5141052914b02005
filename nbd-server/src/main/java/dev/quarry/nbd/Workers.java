package dev.quarry.nbd;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The threads that carry out what the thread of a connection must not wait for. All connections
/// share them, first come first served; each [Lane] sees to it that its own takes no more than its
/// share.
///
/// They are platform threads: they sit in system calls on files, which pin virtual threads to their
/// carriers. They are never interrupted.
final class Workers implements AutoCloseable {
  private static final long IDLE_SECONDS = 30;

  private final int threads;
  private final ThreadPoolExecutor pool;

  Workers(int threads) {
    this.threads = threads;
    AtomicInteger number = new AtomicInteger();
    this.pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(), // bounded by the lanes: each puts in no more than its
            // share
            task ->
                Thread.ofPlatform()
                    .daemon()
                    .name("nbd-worker-" + number.incrementAndGet())
                    .unstarted(task));
    pool.allowCoreThreadTimeOut(true);
  }

  /// The most jobs of one connection at a time: half of the threads, so that one connection cannot
  /// hold up all others.
  int share() {
    return Math.max(1, threads / 2);
  }

  void execute(Runnable task) {
    pool.execute(task);
  }

  /// Ends the threads once they have nothing to do.
  @Override
  public void close() {
    pool.shutdown();
  }
}
