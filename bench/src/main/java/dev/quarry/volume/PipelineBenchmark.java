package dev.quarry.volume;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.Durability;
import dev.quarry.block.IoKind;
import dev.quarry.block.VolumeException;
import dev.quarry.crypto.DataKey;
import dev.quarry.crypto.InsecureKeyAccess;
import dev.quarry.disk.PosixDisk;
import dev.quarry.shaping.Performance;
import dev.quarry.shaping.SystemTime;
import dev.quarry.shaping.Throttle;
import dev.quarry.shaping.VolumeMetrics;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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

/// A request through the devices of a volume, one more of them each time: over a device that does
/// nothing, and at last over chunks and a file. Used as a server uses it: charged, then carried
/// out.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class PipelineBenchmark {
  private static final long SIZE_BYTES = 1L << 30;

  /// Where requests stay, so that the file is in memory.
  private static final long SPAN_BYTES = 16L << 20;

  /// How far the pipeline goes.
  public enum Devices {
    NOTHING,
    THROTTLED,
    METERED,
    ENCRYPTED,
    CHUNKED,
    ALL
  }

  @Param({"NOTHING", "THROTTLED", "METERED", "ENCRYPTED", "CHUNKED", "ALL"})
  public Devices devices;

  @Param({"4096", "65536"})
  public int sizeBytes;

  private final Arena arena = Arena.ofShared();
  private MemorySegment buffer;
  private Path folder;
  private DataKey key;
  private BlockDevice device;
  private BlockDevice admitted;
  private long offset;

  @Setup
  public void setUp() throws IOException {
    buffer = arena.allocate(sizeBytes, 4096);
    folder = Files.createTempDirectory("quarry-benchmark");
    byte[] raw = new byte[DataKey.SIZE_BYTES];
    new Random(1).nextBytes(raw);
    key = DataKey.insecureOf(raw, InsecureKeyAccess.granted());
    BlockDevice nothing = new NothingDevice(SIZE_BYTES);
    device =
        switch (devices) {
          case NOTHING -> nothing;
          case THROTTLED -> throttled(nothing);
          case METERED -> metered(throttled(nothing));
          case ENCRYPTED -> metered(throttled(encrypted(nothing)));
          case CHUNKED -> metered(throttled(chunked()));
          case ALL -> metered(throttled(encrypted(chunked())));
        };
    admitted = device.admitted();
    for (long at = 0; at < SPAN_BYTES; at += sizeBytes) {
      admitted.write(at, buffer, 0, sizeBytes, Durability.CACHED);
    }
  }

  private static BlockDevice metered(BlockDevice next) {
    return new MeteredDevice(next, new VolumeMetrics(new SystemTime()));
  }

  /// With the limits of gp3. What they cost is measured; the waits they tell are not waited.
  private static BlockDevice throttled(BlockDevice next) {
    Performance figures = new Performance.Steady(3_000, 125L << 20);
    Throttle throttle = Throttle.create(figures, new SystemTime());
    return new ThrottledDevice(next, throttle.flow(), new SystemTime());
  }

  private BlockDevice encrypted(BlockDevice next) {
    return new EncryptedDevice(next, key.sectorCipher(), new CipherScratch(4));
  }

  private BlockDevice chunked() throws IOException {
    return ChunkedDevice.open(PosixDisk.open(folder), SIZE_BYTES, new Origin.Empty(), false);
  }

  @TearDown
  public void tearDown() throws IOException {
    device.close();
    key.close();
    arena.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Benchmark
  public void read() throws VolumeException {
    offset = offset + sizeBytes & SPAN_BYTES - 1;
    device.admit(IoKind.READ, offset, sizeBytes);
    if (!admitted.tryRead(offset, buffer, 0, sizeBytes)) {
      admitted.read(offset, buffer, 0, sizeBytes);
    }
  }

  @Benchmark
  public void write() throws VolumeException {
    offset = offset + sizeBytes & SPAN_BYTES - 1;
    device.admit(IoKind.WRITE, offset, sizeBytes);
    if (!admitted.tryWrite(offset, buffer, 0, sizeBytes)) {
      admitted.write(offset, buffer, 0, sizeBytes, Durability.CACHED);
    }
  }
}
