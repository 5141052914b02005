package dev.quarry.bench;

import dev.quarry.block.IoKind;
import dev.quarry.shaping.Limits;
import dev.quarry.shaping.SystemTime;
import dev.quarry.shaping.Throttle;
import dev.quarry.shaping.VolumeMetrics;
import dev.quarry.tiers.Tier;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What limits and counters cost a request: one token bucket (gp3 has two), several, or none. With
/// several threads, each has a connection of its own to one volume.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class ThrottleBenchmark {

  @Param({"unlimited:100GiB", "gp3:100GiB", "gp2:100GiB", "gp2:250GiB", "st1:1TiB"})
  public String tier;

  private Throttle throttle;
  private VolumeMetrics metrics;

  @Setup
  public void setUp() {
    Limits limits = Limits.of(Limits.Profile.Y2026);
    throttle = Throttle.create(Tier.parse(tier, limits).performance(), new SystemTime());
    metrics = new VolumeMetrics(new SystemTime());
  }

  /// A connection.
  @State(Scope.Thread)
  public static class Connection {
    private Throttle.Flow flow;
    private long offset;

    @Setup
    public void setUp(ThrottleBenchmark volume) {
      flow = volume.throttle.flow();
    }
  }

  @Benchmark
  public long admit(Connection connection) {
    connection.offset = connection.offset + 4096 & (1 << 30) - 1;
    return connection.flow.admit(IoKind.READ, connection.offset, 4096);
  }

  @Benchmark
  public void count() {
    metrics.done(IoKind.READ, 4096, metrics.begin());
  }
}
