package dev.quarry.node;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Runs a task now and then, on a thread of its own, until it is closed.
final class Periodic implements AutoCloseable {
  private final ScheduledExecutorService thread;

  private Periodic(ScheduledExecutorService thread) {
    this.thread = thread;
  }

  /// Runs `task` at once, and again each time `period` has passed since it last ended.
  ///
  /// @param name of the thread
  /// @param task what to run; what it throws ends it for good, so it handles its own failures
  static Periodic start(String name, Duration period, Runnable task) {
    ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name(name).factory());
    thread.scheduleWithFixedDelay(task, 0, period.toNanos(), TimeUnit.NANOSECONDS);
    return new Periodic(thread);
  }

  /// Lets the task end if it runs, and runs it no more. It is not interrupted.
  @Override
  public void close() {
    thread.close();
  }
}
