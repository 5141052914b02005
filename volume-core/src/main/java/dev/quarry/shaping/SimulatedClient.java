package dev.quarry.shaping;

import dev.quarry.block.IoKind;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;

/// One connection in a [Simulation]: it queues requests, admits the one at the head of its queue,
/// and while that waits admits no other.
public final class SimulatedClient {
  private static final long NEVER = Long.MAX_VALUE;

  private final Throttle.Flow flow;
  private final Workload workload;
  private final Timer timer;
  private final Offsets offsets;
  private final long[] completions; // times, in order; a ring, since all take equally long
  private int firstCompletion;
  private int completionCount;
  private long queued;
  private long nextArrivalNanos;
  private final long startNanos;
  private long headWakesNanos = NEVER;
  private LongConsumer observer = _ -> {};
  private long operations;

  SimulatedClient(Throttle.Flow flow, Workload workload, Timer timer, long nowNanos) {
    this.flow = flow;
    this.workload = workload;
    this.timer = timer;
    this.offsets = new Offsets(workload);
    this.completions = new long[workload.depth()];
    boolean closed = workload.arrivalNanos() == 0;
    this.queued = closed ? workload.depth() : 0;
    this.nextArrivalNanos = closed ? NEVER : nowNanos;
    this.startNanos = nowNanos;
  }

  /// What a client does.
  ///
  /// @param kind the kind of its requests
  /// @param length their length in bytes
  /// @param sequential whether each begins where the last ended; otherwise anywhere
  /// @param volumeBytes where they lie
  /// @param depth requests it keeps going at a time; of no account if they arrive by themselves
  /// @param serviceNanos how long the volume takes for one once it goes ahead, more than 0
  /// @param arrivalNanos 0 for a client that asks anew when it is answered; otherwise the time from
  ///   one request to the next, however long the answers take
  public record Workload(
      IoKind kind,
      long length,
      boolean sequential,
      long volumeBytes,
      int depth,
      long serviceNanos,
      long arrivalNanos) {

    public Workload {
      if (length < 1 || volumeBytes < length || depth < 1) {
        throw new IllegalArgumentException(
            "bad workload length=%d volume=%d depth=%d".formatted(length, volumeBytes, depth));
      }
      if (serviceNanos < 1 || arrivalNanos < 0) {
        throw new IllegalArgumentException(
            "bad workload service=%d arrival=%d".formatted(serviceNanos, arrivalNanos));
      }
    }
  }

  /// When a waiting request really goes ahead.
  @FunctionalInterface
  public interface Timer {

    long wakeNanos(long dueNanos);

    /// A perfect timer.
    static Timer exact() {
      return due -> due;
    }

    /// A loop that looks once in every so many nanoseconds.
    static Timer ticks(long tickNanos) {
      return due -> Math.ceilDiv(due, tickNanos) * tickNanos;
    }

    /// A sleeping thread that wakes late by something between two bounds.
    static Timer late(long leastNanos, long mostNanos, long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      return due -> due + random.nextLong(leastNanos, mostNanos + 1);
    }
  }

  /// Requests that went ahead so far.
  public long operations() {
    return operations;
  }

  /// Their bytes.
  public long bytes() {
    return operations * workload.length();
  }

  /// Has every request that goes ahead from now on told to `observer`, by its time.
  public void observe(LongConsumer observer) {
    this.observer = observer;
  }

  long nextNanos() {
    if (queued > 0 && headWakesNanos == NEVER) {
      return startNanos; // work and nothing admitted: only before the first step
    }
    long next = Math.min(headWakesNanos, nextArrivalNanos);
    return completionCount > 0 ? Math.min(next, completions[firstCompletion]) : next;
  }

  void step(long now) {
    if (headWakesNanos <= now) {
      headWakesNanos = NEVER;
      goAhead(now);
    }
    while (completionCount > 0 && completions[firstCompletion] <= now) {
      firstCompletion = (firstCompletion + 1) % completions.length;
      completionCount--;
      queued++;
    }
    while (nextArrivalNanos <= now) {
      nextArrivalNanos += workload.arrivalNanos();
      queued++;
    }
    while (queued > 0 && headWakesNanos == NEVER) {
      queued--;
      long wait = flow.admit(workload.kind(), offsets.next(), workload.length());
      if (wait == 0) {
        goAhead(now);
      } else {
        headWakesNanos = timer.wakeNanos(now + wait);
      }
    }
  }

  private void goAhead(long now) {
    operations++;
    observer.accept(now);
    if (workload.arrivalNanos() == 0) {
      int last = (firstCompletion + completionCount) % completions.length;
      completions[last] = now + workload.serviceNanos();
      completionCount++;
    }
  }

  /// Where requests go.
  private static final class Offsets {
    private final Workload workload;
    private final SplittableRandom random = new SplittableRandom(1);
    private long next;

    Offsets(Workload workload) {
      this.workload = workload;
    }

    long next() {
      long count = workload.volumeBytes() / workload.length();
      long index = workload.sequential() ? next++ % count : random.nextLong(count);
      return index * workload.length();
    }
  }
}
