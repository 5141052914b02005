package dev.quarry.shaping;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// The arithmetic of one token bucket, and the swap that makes it safe for threads.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class TokenBucketBenchmark {
  private final TokenBucket arithmetic = new TokenBucket(3_000, 150);
  private final Bucket bucket = Bucket.holding(150, arithmetic, 0);
  private long position;
  private long now;

  @Benchmark
  public long arithmetic() {
    now += 1_000_000;
    position = arithmetic.take(position, 1, now);
    return position;
  }

  @Benchmark
  public long take() {
    return bucket.take(1, 1_000_000_000);
  }
}
