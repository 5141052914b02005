package dev.quarry.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// `kill -9` of the server while clients write.
@Timeout(600)
class KillTest {
  private static final Path FOLDER = Path.of("target/interop/kill").toAbsolutePath();
  static final int KILLS = Integer.getInteger("quarry.kills", 32);

  /// Enough for flushes and forced writes to be among them.
  private static final int LEAST_ANSWERS = 300;

  @Test
  void node_killedUnderWriters_keepsAllThatWasFlushed() throws Exception {
    long seed = Long.getLong("quarry.seed", System.nanoTime());
    System.err.println("seed: -Dquarry.seed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    try (NodeUnderTest node = NodeUnderTest.start(FOLDER)) {
      if (encrypted()) {
        node.encryptByDefault();
      }
      List<StampedVolume> volumes = new ArrayList<>();
      for (long gibibytes : List.of(1L, 3L, 1L << 12)) {
        volumes.add(new StampedVolume(node.create(gibibytes << 30)));
      }
      long answers = 0;
      for (int kill = 0; kill < kills(); kill++) {
        StampedVolume volume = volumes.get(kill % volumes.size());
        Transport transport = random.nextBoolean() ? Transport.TCP : Transport.UNIX;
        int connections = random.nextBoolean() ? 1 : 4;
        try (WriterCrew crew = WriterCrew.start(volume, transport, connections, random)) {
          crew.awaitAnswers(random.nextLong(LEAST_ANSWERS, 10 * LEAST_ANSWERS));
          node.kill();
          crew.awaitEnd();
          answers += crew.answerCount();
        }
        node.restart();
        assertEquals(List.of(), volume.settle(transport), "after kill " + kill);
      }
      System.err.printf("%d kills, %d requests answered%n", kills(), answers);
    }
  }

  /// Whether its volumes are encrypted.
  boolean encrypted() {
    return false;
  }

  /// How often to kill.
  int kills() {
    return KILLS;
  }
}
