package dev.quarry.nbd;

import java.util.ArrayDeque;

/// The jobs of one connection: how many there may be, and those that are free. For its own thread
/// only.
final class Jobs {
  /// The most requests of one connection that wait for something. Twice the deepest queue that
  /// volumes are measured at (256), so that it never is what limits them.
  static final int LIMIT = 512;

  private final ArrayDeque<Job> free = new ArrayDeque<>();
  private final Buffers buffers;
  private int used;

  Jobs(Buffers buffers) {
    this.buffers = buffers;
  }

  boolean full() {
    return used == LIMIT;
  }

  int used() {
    return used;
  }

  Job take(Request request) {
    assert !full();
    used++;
    Job job = free.isEmpty() ? new Job() : free.pop();
    job.begin(request);
    return job;
  }

  /// Ends a job; its buffer goes back to the pool.
  void give(Job job) {
    if (job.buffer() != null) {
      buffers.give(job.buffer());
      job.buffer(null);
    }
    used--;
    free.push(job);
  }
}
