package dev.quarry.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.interop.ShapingLoad.Shape;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// The credits of a gp2 volume of 100 GiB across stops, kills and clocks that are set: none for
/// free, and none lost beyond what is set aside for a kill.
///
/// A JVM with another clock starts so slowly that clocks are set in the soak only; the suite sets
/// them on a simulated machine.
@Timeout(600)
class ShapingRestartTest {
  private static final Path FOLDER = Path.of("target/interop/shaping-restart").toAbsolutePath();
  private static final long GIB = 1L << 30;
  private static final double BASELINE = 300;
  private static final double BURST = 3000;
  private static final long FULL = 5_400_000;

  /// Credits are saved every 15 s, and twice that is set aside, at the burst rate.
  private static final long MOST_RESERVE = (long) (BURST * 31);

  private static final ShapingLimit EMPTY = new ShapingLimit(BASELINE);

  private NodeUnderTest node;
  private ServedVolume volume;

  @BeforeEach
  void start() throws Exception {
    node = NodeUnderTest.start(FOLDER);
    volume = node.create(Map.of("sizeBytes", 100 * GIB, "type", "gp2"));
  }

  @AfterEach
  void close() throws IOException {
    node.close();
    Folders.delete(FOLDER);
  }

  @Test
  void credits_nodeKilledUnderLoad_areNoMoreThanWereLeft() throws Exception {
    Span whole = Span.begin();
    ShapingTrace trace;
    try (ShapingLoad load = ShapingLoad.start(volume, Shape.random(2, 16))) {
      Thread.sleep(Long.getLong("quarry.spend.millis", 2000));
      node.kill();
      trace = load.stop();
    }
    whole.end();
    Span away = Span.begin();
    node.restart();
    long found = credits();
    away.end();

    long most = Math.min(FULL, FULL - trace.count() + whole.most());
    long least = FULL - trace.count() - 32; // what was in flight may have been charged
    assertTrue(
        found <= most + away.most(), "found %d, at most %d were left".formatted(found, most));
    assertTrue(
        found >= least - MOST_RESERVE, "found %d, at least %d were left".formatted(found, least));
    assertTrue(trace.count() > BASELINE, "no credits were spent: " + trace);
  }

  @Test
  void credits_nodeStopped_areThoseLeftAndTheRefill() throws Exception {
    ShapingLoad.run(volume, Shape.random(1, 32), Duration.ofSeconds(2).toNanos());
    Span away = Span.begin();
    long before = credits();
    away.begun();
    node.terminate();
    node.restart();
    away.ending();
    long after = credits();
    away.end();

    assertTrue(before < FULL - 1000, "no credits were spent: " + before);
    assertTrue(
        after - before >= away.least() && after - before <= away.most(),
        "%d, then %d after %s".formatted(before, after, away));
  }

  @Test
  @EnabledIfSystemProperty(named = "quarry.soak", matches = "true")
  void credits_clockSetWhileStopped_areTheSame() throws Exception {
    Clock clock = Clock.of(node);
    emptyBucket();
    for (String day : new String[] {"+1d", "-1d"}) {
      Span away = Span.begin();
      long before = credits();
      away.begun();
      node.terminate();
      clock.set(day);
      node.restart();
      away.ending();
      long after = credits();
      away.end();
      clock.awaitFaked(day);
      assertTrue(
          after - before >= away.least() && after - before <= away.most(),
          "clock %s: %d, then %d after %s".formatted(day, before, after, away));
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "quarry.soak", matches = "true")
  void rate_clockSetUnderLoad_isTheSame() throws Exception {
    Clock clock = Clock.of(node);
    emptyBucket();
    try (ShapingLoad load = ShapingLoad.start(volume, Shape.random(1, 4))) {
      long since;
      do { // spends what came back during the start
        Thread.sleep(100);
        since = System.nanoTime();
      } while (credits() > BASELINE);
      for (String day : new String[] {"+1d", "-1d"}) {
        clock.set(day);
        clock.awaitFaked(day);
        long credits = credits();
        assertTrue(credits <= BASELINE, "credits for free at " + day + ": " + credits);
      }
      long begin = System.nanoTime();
      Thread.sleep(1500);
      ShapingTrace trace = load.stop();
      ShapingTrace after = trace.part(begin, trace.end());
      EMPTY.checkBaseline(trace.part(since, trace.end()), BASELINE, since);
      assertTrue(after.bestRate(1_000_000_000) >= BASELINE * 0.95, "stalls: " + after);
    }
  }

  private void emptyBucket() throws Exception {
    NbdTestClient.open(volume.address(Transport.UNIX), volume.export()).close();
    node.terminate();
    assertEquals(FULL, ShapingBalance.left(node.dataFolder(), volume.export()));
    ShapingBalance.set(node.dataFolder(), volume.export(), 0);
    node.restart();
  }

  private long credits() throws IOException, InterruptedException {
    return node.control().show(volume.export()).at("/performance/burstCredits").asLong();
  }

  /// A time between two moments that are known only as before and after: credits that come back.
  private static final class Span {
    private final long beganAfter = System.nanoTime();
    private long beganBefore = beganAfter;
    private long endedAfter;
    private long endedBefore;

    static Span begin() {
      return new Span();
    }

    void begun() {
      beganBefore = System.nanoTime();
    }

    void ending() {
      endedAfter = System.nanoTime();
    }

    void end() {
      endedBefore = System.nanoTime();
    }

    long least() {
      return (long) (BASELINE * (endedAfter - beganBefore) / 1e9) - 1;
    }

    long most() {
      return (long) (BASELINE * (endedBefore - beganAfter) / 1e9) + 1;
    }

    @Override
    public String toString() {
      return "a time for %d to %d".formatted(least(), most());
    }
  }

  /// The wall clock of a node, which can be set; its monotonic clock goes on as it does.
  private record Clock(NodeUnderTest node, Path file) {
    private static final Duration DAY = Duration.ofDays(1);

    /// Takes effect with the next start.
    static Clock of(NodeUnderTest node) throws IOException {
      Path file = FOLDER.resolve("clock");
      Files.writeString(file, "+0\n");
      node.environment(
          Map.of(
              "LD_PRELOAD",
              library().toString(),
              "FAKETIME_TIMESTAMP_FILE",
              file.toString(),
              "FAKETIME_DONT_FAKE_MONOTONIC",
              "1",
              "FAKETIME_CACHE_DURATION",
              "1")); // second
      return new Clock(node, file);
    }

    private static Path library() throws IOException {
      for (Path folder : new Path[] {Path.of("/usr/lib"), Path.of("/usr/lib64")}) {
        if (Files.isDirectory(folder)) {
          try (DirectoryStream<Path> architectures = Files.newDirectoryStream(folder)) {
            for (Path architecture : architectures) {
              Path library = architecture.resolve("faketime/libfaketime.so.1");
              if (Files.exists(library)) {
                return library;
              }
            }
          }
        }
      }
      throw Skip.because("libfaketime is not installed (package faketime)");
    }

    void set(String offset) throws IOException {
      Files.writeString(file, offset + "\n");
    }

    /// Waits until the node goes by that clock, by the creation time of volumes.
    void awaitFaked(String offset) throws IOException, InterruptedException {
      Duration wanted =
          switch (offset) {
            case "+1d" -> DAY;
            case "-1d" -> DAY.negated();
            default -> throw new IllegalArgumentException(offset);
          };
      Duration ahead = Duration.ZERO;
      for (int i = 0; i < 40 && !near(ahead, wanted); i++) {
        Thread.sleep(250);
        try {
          ahead = ahead();
        } catch (IOException cutOff) {
          // The JDK's HTTP server times requests by the wall clock: one under way took a day.
        }
      }
      assertTrue(
          near(ahead, wanted), "the clock of the node is ahead by " + ahead + ", set to " + offset);
    }

    private Duration ahead() throws IOException, InterruptedException {
      String created = node.control().create(Map.of("sizeBytes", GIB)).path("createdAt").asText();
      return Duration.between(Instant.now(), Instant.parse(created));
    }

    private static boolean near(Duration one, Duration other) {
      return one.minus(other).abs().compareTo(Duration.ofMinutes(5)) < 0;
    }
  }
}
