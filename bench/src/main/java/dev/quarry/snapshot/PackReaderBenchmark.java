package dev.quarry.snapshot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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

/// A pack that came from the store: opened as a whole, and a frame of it unsealed and decompressed.
/// The pack holds a thousand frames of one block, or as many whole chunks as fit; their contents
/// compress to half.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class PackReaderBenchmark {
  private static final int MOST_FRAMES = 1000;

  /// The length of a frame's contents, in bytes: a DELTA of one block, or a FULL.
  @Param({"4112", "524288"})
  public int frameBytes;

  /// Sealed with AES-256-GCM, or with checksums.
  @Param({"false", "true"})
  public boolean encrypted;

  private final PackId id = PackContents.pack(1);
  private final List<FrameRef> frames = new ArrayList<>();
  private PackContents contents;
  private byte[] pack;
  private byte[] plain;
  private FrameOpener opener;
  private int next;

  @Setup
  public void setUp() {
    contents = new PackContents(encrypted);
    plain = PackContents.bytes(frameBytes);
    FrameKind kind = frameBytes == Frame.deltaLength(1) ? FrameKind.DELTA : FrameKind.FULL;
    FrameEncoder.Encoded encoded = new FrameEncoder().encode(plain, frameBytes);
    byte[] memory = new byte[PackBuilder.MAX_BYTES];
    try (PackBuilder builder = new PackBuilder(contents.seals(), id, new Bits128(3, 4), memory)) {
      while (frames.size() < MOST_FRAMES && builder.fits(encoded.length())) {
        Frame frame = builder.add(kind, 0, frames.size(), frameBytes, encoded);
        frames.add(new FrameRef(PackRef.of(id), frame));
      }
      pack = Arrays.copyOf(memory, builder.finish());
    }
    opener = new FrameOpener(contents.seals());
  }

  @TearDown
  public void tearDown() {
    opener.close();
    contents.close();
  }

  private FrameRef next() {
    next = next + 1 == frames.size() ? 0 : next + 1;
    return frames.get(next);
  }

  /// As many bytes as a frame has, and nothing else.
  @Benchmark
  public byte[] copyOnly() {
    Frame frame = next().frame();
    System.arraycopy(pack, frame.offset(), plain, 0, frame.storedLength());
    return plain;
  }

  @Benchmark
  public byte[] frame() {
    FrameRef ref = next();
    Frame frame = ref.frame();
    return opener.open(new StoredFrames(pack, Map.of(frame.number(), frame.offset())), ref);
  }

  /// Its checksum verified and its directory opened.
  @Benchmark
  public PackReader whole() {
    return PackReader.open(contents.seals(), "pack", id, pack);
  }
}
