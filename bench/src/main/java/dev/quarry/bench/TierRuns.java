package dev.quarry.bench;

import dev.quarry.tiers.Shown;
import dev.quarry.tiers.Tier;
import dev.quarry.tiers.TierResult;
import dev.quarry.tiers.TierRunner;
import dev.quarry.tiers.Work;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Runs for several tiers.
///
/// @param runner makes one run
/// @param scratch where volumes are put in real time
/// @param progress where to tell how far it is
record TierRuns(TierRunner runner, Path scratch, Progress progress) {

  /// In virtual time, on all processors.
  List<TierResult> sideBySide(List<Tier> tiers, Work work) throws InterruptedException {
    int threads = Math.min(tiers.size(), Runtime.getRuntime().availableProcessors());
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<TierResult>> runs = new ArrayList<>();
      for (Tier tier : tiers) {
        runs.add(pool.submit(() -> runner.virtually(tier, work, at -> tell(tier, at))));
      }
      List<TierResult> results = new ArrayList<>();
      for (Future<TierResult> run : runs) {
        results.add(run.get());
      }
      return results;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError("a run failed", e.getCause());
    } finally {
      progress.end();
    }
  }

  /// In real time, so that they do not disturb each other.
  List<TierResult> oneByOne(List<Tier> tiers, Work work) throws IOException {
    List<TierResult> results = new ArrayList<>();
    for (Tier tier : tiers) {
      results.add(runner.reallyIn(scratch, tier, work, at -> tell(tier, at)));
    }
    progress.end();
    return results;
  }

  private void tell(Tier tier, double seconds) {
    progress.show(tier + ": " + Shown.seconds(seconds));
  }
}
