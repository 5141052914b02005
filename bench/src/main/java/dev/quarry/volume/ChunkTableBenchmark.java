package dev.quarry.volume;

import dev.quarry.disk.PosixDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What a write pays for its chunk to be remembered: asking whether its region is armed, and
/// marking its blocks; and what it waits for if the region has to be armed first. Chunks come in an
/// order that caches cannot foresee. With several threads, each has a table of its own: in a volume
/// each would have chunks of its own.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class ChunkTableBenchmark {
  private static final BlockMask BLOCK = BlockMask.range(7, 7);

  /// Prime, so that every chunk comes before one comes again.
  private static final long STRIDE = 4_999;

  @Param({"1", "64"})
  public int sizeGib;

  private Path folder;
  private ChunkTable table;
  private long chunkCount;
  private long chunk;

  @Setup
  public void setUp() throws IOException {
    folder = Files.createTempDirectory("quarry-benchmark");
    long sizeBytes = (long) sizeGib << 30;
    table = ChunkTable.open(PosixDisk.open(folder), sizeBytes);
    chunkCount = ChunkLayout.chunkCount(sizeBytes);
    for (long region = 0; region < ChunkLayout.regionCount(sizeBytes); region++) {
      table.makeSpace(region);
    }
    for (long i = 0; i < chunkCount; i++) {
      table.mark(i, BLOCK);
    }
  }

  @TearDown
  public void tearDown() throws IOException {
    table.close();
    Files.delete(folder.resolve(ChunkTable.FILE));
    Files.delete(folder);
  }

  private long next() {
    chunk = (chunk + STRIDE) & (chunkCount - 1);
    return chunk;
  }

  /// The order of the chunks alone.
  @Benchmark
  public long nothing() {
    return next();
  }

  @Benchmark
  public boolean armed() {
    return table.armed(ChunkLayout.regionOf(next()));
  }

  /// Blocks that are marked: most writes find them so.
  @Benchmark
  public void markAgain() {
    table.mark(next(), BLOCK);
  }

  /// The first mark of a chunk in an epoch.
  @Benchmark
  public void markFirst() {
    long next = next();
    if (next == 0) {
      table.step();
    }
    table.mark(next, BLOCK);
  }

  /// A mark, made durable at once.
  @Benchmark
  public void force() throws IOException {
    table.step();
    table.mark(next(), BLOCK);
    table.force();
  }

  /// The first write to a region in an epoch for which it was not armed ahead.
  @Benchmark
  public void arm() throws IOException {
    table.step();
    table.arm(ChunkLayout.regionOf(next()));
  }

  /// Nothing but a force: what [#force] and [#arm] are to be compared with.
  @Benchmark
  public void forceNothing() throws IOException {
    table.force();
  }
}
