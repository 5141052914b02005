package dev.quarry.nbd;

import dev.quarry.block.VolumeException;
import java.util.ArrayDeque;

/// The way of one connection's jobs to the workers and back.
///
/// Up to the workers' share run at a time; more wait here, and go to the end of the workers' queue
/// one by one as others finish. Workers never touch the connection: they put finished jobs here and
/// wake its thread.
final class Lane {
  private final Workers workers;
  private final Errand errand;
  private final Waker waker;
  private final ArrayDeque<Job> waiting = new ArrayDeque<>(); // guarded by this
  private final ArrayDeque<Job> finished = new ArrayDeque<>(); // guarded by this
  private int running; // guarded by this

  Lane(Workers workers, Errand errand, Waker waker) {
    this.workers = workers;
    this.errand = errand;
    this.waker = waker;
  }

  /// Hands a job over.
  void submit(Job job) {
    synchronized (this) {
      if (running == workers.share()) {
        waiting.add(job);
        return;
      }
      running++;
    }
    start(job);
  }

  /// Moves the jobs that finished to `into`, in their order.
  synchronized void drainTo(ArrayDeque<Job> into) {
    for (Job job = finished.poll(); job != null; job = finished.poll()) {
      into.add(job);
    }
  }

  /// Drops the jobs that wait and lets those that run come to their end.
  synchronized void awaitEnd() {
    finished.addAll(waiting);
    waiting.clear();
    boolean interrupted = false;
    while (running > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true; // the buffers of running jobs are ours to keep until they end
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void start(Job job) {
    try {
      workers.execute(() -> run(job));
    } catch (RuntimeException | Error e) { // no thread to be had
      job.broke(e);
      finish(job);
    }
  }

  private void run(Job job) {
    try {
      errand.run(job);
    } catch (VolumeException e) {
      job.failed(e);
    } catch (Throwable e) { // ends the connection, never the worker
      job.broke(e);
    }
    finish(job);
  }

  private void finish(Job job) {
    Job next;
    synchronized (this) {
      finished.add(job);
      next = waiting.poll();
      if (next == null) {
        running--;
        notifyAll();
      }
    }
    waker.wake();
    if (next != null) {
      start(next);
    }
  }
}
