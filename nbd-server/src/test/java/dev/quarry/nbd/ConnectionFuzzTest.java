package dev.quarry.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Throws inputs at a server that are made of the written conversations: by mutations of our own
/// for ten seconds, and for half a minute in a process of its own with Jazzer, which goes on from
/// what reaches new code. With `quarry test --soak`, for a minute and an hour.
class ConnectionFuzzTest {
  private static final boolean SOAK = Boolean.getBoolean("quarry.soak");
  private static final Duration BLIND = Duration.ofSeconds(SOAK ? 60 : 10);
  private static final Duration GUIDED = SOAK ? Duration.ofHours(1) : Duration.ofSeconds(30);

  /// What the server may hold on to when it has seen the worst, in bytes.
  private static final long GROWTH_LIMIT_BYTES = 64 << 20;

  /// The conversations, from each of the states that a connection can be in.
  private static List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    for (Conversation conversation : Conversation.all()) {
      byte[] said = conversation.client();
      if (said.length <= ConnectionFuzz.INPUT_LIMIT) {
        for (int mode = 0; mode < 5; mode++) {
          seeds.add(withMode(mode, said, 0));
          seeds.add(withMode(mode, said, Math.max(0, said.length - 120)));
        }
      }
    }
    return seeds;
  }

  private static byte[] withMode(int mode, byte[] said, int from) {
    byte[] input = new byte[1 + said.length - from];
    input[0] = (byte) mode;
    System.arraycopy(said, from, input, 1, said.length - from);
    return input;
  }

  @Test
  void connection_anyBytes_endsInOrder() throws IOException {
    long nanos = BLIND.toNanos();
    long seed = Long.getLong("quarry.fuzz.seed", System.nanoTime());
    Mutations mutations = new Mutations(new SplittableRandom(seed));
    List<byte[]> seeds = seeds();
    long usedBefore = usedBytes();
    long count = 0;
    try (ConnectionFuzz fuzz = new ConnectionFuzz()) {
      for (byte[] input : seeds) {
        run(fuzz, input, seed);
      }
      for (long until = System.nanoTime() + nanos; System.nanoTime() < until; count++) {
        run(fuzz, mutations.of(seeds), seed);
      }
      long grown = usedBytes() - usedBefore;
      assertTrue(grown < GROWTH_LIMIT_BYTES, "memory grew by bytes=" + grown);
    }
    System.out.println("fuzzed connections=" + count + " seed=" + seed);
  }

  /// Jazzer exits with 0 if it found nothing; what it found it leaves in the folder.
  @Test
  void connection_bytesThatReachNewCode_endsInOrder() throws IOException, InterruptedException {
    Path folder = Path.of("target/fuzz").toAbsolutePath();
    Path corpus = Files.createDirectories(folder.resolve("corpus"));
    int number = 0;
    for (byte[] seed : seeds()) {
      Files.write(corpus.resolve("seed-" + number++), seed);
    }
    Path output = folder.resolve("jazzer.log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + ConnectionFuzzTarget.class.getName(),
                "--instrumentation_includes=dev.quarry.nbd.**",
                "--reproducer_path=" + folder,
                "-artifact_prefix=" + folder + "/",
                "-max_len=" + ConnectionFuzz.INPUT_LIMIT,
                "-rss_limit_mb=4096",
                "-max_total_time=" + GUIDED.toSeconds(),
                corpus.toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertTrue(
          process.waitFor(GUIDED.toSeconds() + 240, TimeUnit.SECONDS),
          "it does not end: " + output);
      List<String> lines = Files.readAllLines(output);
      String end = String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
      assertEquals(0, process.exitValue(), end);
      assertTrue(end.contains("cov: "), end);
    } finally {
      process.destroyForcibly();
    }
  }

  private static void run(ConnectionFuzz fuzz, byte[] input, long seed) {
    try {
      fuzz.run(input);
    } catch (IOException | AssertionError | RuntimeException e) {
      throw new AssertionError(
          "input=%s seed=%d".formatted(HexFormat.of().formatHex(input), seed), e);
    }
  }

  private static long usedBytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
