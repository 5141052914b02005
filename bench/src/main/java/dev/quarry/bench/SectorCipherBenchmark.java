package dev.quarry.bench;

import dev.quarry.crypto.DataKey;
import dev.quarry.crypto.InsecureKeyAccess;
import dev.quarry.crypto.SectorCipher;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
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

/// The sector cipher on one thread, by request size. `bench/xts-vs-openssl.sh` runs it beside
/// `openssl speed` and prints the ratios.
///
/// `sourceKind` says what memory is read: off the heap as a server's buffers, or on it. `MIXED`
/// alternates between the two in one call site, which is what a process does that serves clients
/// and takes snapshots.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED"})
public class SectorCipherBenchmark {
  /// Where the bytes lie.
  public enum SourceKind {
    NATIVE,
    HEAP,
    MIXED
  }

  @Param({"512", "4096", "131072", "524288"})
  public int sizeBytes;

  @Param({"NATIVE"})
  public SourceKind sourceKind;

  private Arena arena;
  private DataKey dataKey;
  private SectorCipher cipher;
  private MemorySegment[] sources;
  private MemorySegment target;
  private int turn;

  @Setup
  public void setUp() {
    arena = Arena.ofConfined();
    byte[] raw = new byte[DataKey.SIZE_BYTES];
    new Random(1).nextBytes(raw);
    dataKey = DataKey.insecureOf(raw, InsecureKeyAccess.granted());
    cipher = dataKey.sectorCipher();
    MemorySegment offHeap = arena.allocate(sizeBytes, 4096);
    MemorySegment onHeap = MemorySegment.ofArray(new byte[sizeBytes]);
    sources =
        switch (sourceKind) {
          case NATIVE -> new MemorySegment[] {offHeap, offHeap};
          case HEAP -> new MemorySegment[] {onHeap, onHeap};
          case MIXED -> new MemorySegment[] {offHeap, onHeap};
        };
    target = arena.allocate(sizeBytes, 4096);
  }

  @TearDown
  public void tearDown() {
    dataKey.close();
    arena.close();
  }

  @Benchmark
  public void encrypt() {
    cipher.encrypt(turn, sources[turn++ & 1], 0, target, 0, sizeBytes);
  }

  @Benchmark
  public void decrypt() {
    cipher.decrypt(turn, sources[turn++ & 1], 0, target, 0, sizeBytes);
  }
}
