package dev.quarry.snapshot;

import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/// Histories of real volumes with snapshots. With `-Dquarry.soak.minutes=N` they go on for so long.
class EngineHistoryProperties {
  @Property(tries = 260, shrinking = ShrinkingMode.OFF)
  void snapshots_ofAnyHistory_restoreTheirBytes(@ForAll long seed) throws Exception {
    new EngineHistory(seed, false).run(22);
  }

  @Property(tries = 260, shrinking = ShrinkingMode.OFF)
  void snapshots_ofAnyEncryptedHistory_restoreTheirBytes(@ForAll long seed) throws Exception {
    new EngineHistory(seed, true).run(22);
  }

  @Example
  void snapshots_ofLongHistories_restoreTheirBytes() throws Exception {
    long end = System.nanoTime() + Integer.getInteger("quarry.soak.minutes", 0) * 60_000_000_000L;
    Random seeds = new Random();
    do {
      long seed = seeds.nextLong();
      try {
        new EngineHistory(seed, seeds.nextBoolean()).run(150);
      } catch (Exception | AssertionError e) {
        throw new AssertionError("seed=" + seed, e);
      }
    } while (System.nanoTime() < end);
  }
}
