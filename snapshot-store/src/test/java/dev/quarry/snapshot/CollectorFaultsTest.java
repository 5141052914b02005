package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A fault at every request that deleting and collecting take, before and after its effect, and
/// what follows. A process that ends behind an effect is one that ends before its next request.
class CollectorFaultsTest {
  private final Seals seals = Samples.encrypted(1);

  @ParameterizedTest
  @CsvSource({"false,false", "true,false", "false,true"})
  void collect_withAFaultAtAnyRequest_losesAndLeaksNothing(boolean afterEffect, boolean stayDown) {
    int calls = 20;
    for (int at = -1;
        at < calls;
        at++) { // first without a fault, to see how many requests it takes
      DeletionScene scene = new DeletionScene(_ -> seals, store -> store);
      FaultyStore store = new FaultyStore(scene.memory);
      SnapshotService service = scene.service(store, 2);
      if (at >= 0) {
        store.failAfter(at, afterEffect, stayDown);
      }
      boolean removed = remove(scene, service);
      if (at < 0) {
        assertTrue(removed && store.calls() > calls, "requests " + store.calls());
        calls = store.calls();
      }
      scene.finish(scene.service(scene.memory, 3), "fault at " + at);
    }
  }

  /// Deletes and collects, as far as the store lets it.
  private static boolean remove(DeletionScene scene, SnapshotService service) {
    try {
      service.delete(scene.first);
      service.delete(scene.second);
      CollectorReport report = service.collect(Samples.VOLUME);
      assertTrue(report.shrunkPacks() > 0 && report.snapshots() == 2, report.toString());
      return true;
    } catch (SnapshotException.Unavailable e) {
      return false;
    }
  }
}
