package dev.quarry.workload;

import dev.quarry.block.IoKind;
import java.util.SplittableRandom;

/// The requests of a job.
final class GeneratedRequests implements Requests {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Job job;
  private final long spanBytes;
  private final SplittableRandom random;
  private final double gapNanos; // between two arrivals, on average
  private final boolean poisson;
  private double due;
  private long sequentialEnd;
  private IoKind kind = IoKind.READ;
  private long offset;
  private int length;

  GeneratedRequests(Job job, long spanBytes, long seed) {
    this.job = job;
    this.spanBytes = spanBytes;
    this.random = new SplittableRandom(seed);
    switch (job.pace()) {
      case Pace.Depth _ -> {
        gapNanos = 0;
        poisson = false;
      }
      case Pace.Rate rate -> {
        gapNanos = NANOS_PER_SECOND / rate.perSecond();
        poisson = rate.arrivals() == Pace.Arrivals.POISSON;
      }
    }
    for (BlockSizes.Share size : job.sizes().sizes()) {
      if (size.bytes() > spanBytes) {
        throw new IllegalArgumentException(
            "block size does not fit bytes=" + size.bytes() + " span=" + spanBytes);
      }
    }
  }

  @Override
  public boolean next() {
    due += poisson ? -Math.log(1 - random.nextDouble()) * gapNanos : gapNanos;
    kind = random.nextInt(100) < job.readPercent() ? IoKind.READ : IoKind.WRITE;
    length = job.sizes().draw(random);
    offset =
        switch (job.order()) {
          case SEQUENTIAL -> sequentialEnd + length > spanBytes ? 0 : sequentialEnd;
          case RANDOM -> random.nextLong(spanBytes / length) * length;
        };
    sequentialEnd = offset + length;
    return true;
  }

  @Override
  public IoKind kind() {
    return kind;
  }

  @Override
  public long offset() {
    return offset;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public long dueNanos() {
    return (long) due;
  }
}
