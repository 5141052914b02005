package dev.quarry.snapshot;

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

/// A frame on its way into a pack: compressed, sealed, and its share of what a pack takes by
/// itself. Of one block or of a whole chunk, with contents that compress to half.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class PackWriterBenchmark {

  /// The length of the contents, in bytes: a DELTA of one block, or a FULL.
  @Param({"4112", "524288"})
  public int frameBytes;

  /// Sealed with AES-256-GCM, or with checksums.
  @Param({"false", "true"})
  public boolean encrypted;

  private final FrameEncoder encoder = new FrameEncoder();
  private final byte[] memory = new byte[PackBuilder.MAX_BYTES];
  private PackContents contents;
  private byte[] plain;
  private FrameKind kind;
  private PackBuilder pack;
  private long packs;
  private int copyAt;

  @Setup
  public void setUp() {
    contents = new PackContents(encrypted);
    plain = PackContents.bytes(frameBytes);
    kind = frameBytes == Frame.deltaLength(1) ? FrameKind.DELTA : FrameKind.FULL;
    pack = begin();
  }

  @TearDown
  public void tearDown() {
    pack.close();
    contents.close();
  }

  private PackBuilder begin() {
    packs++;
    return new PackBuilder(
        contents.seals(), PackContents.pack(packs), new Bits128(3, packs), memory);
  }

  /// The contents into memory as large as a pack, and nothing else.
  @Benchmark
  public byte[] copyOnly() {
    copyAt = copyAt + 2 * frameBytes > memory.length ? 0 : copyAt + frameBytes;
    System.arraycopy(plain, 0, memory, copyAt, frameBytes);
    return memory;
  }

  @Benchmark
  public int compressOnly() {
    return encoder.encode(plain, frameBytes).length();
  }

  @Benchmark
  public Frame add() {
    FrameEncoder.Encoded encoded = encoder.encode(plain, frameBytes);
    if (!pack.fits(encoded.length())) {
      pack.finish();
      pack.close();
      pack = begin();
    }
    return pack.add(kind, 0, 0, frameBytes, encoded);
  }
}
