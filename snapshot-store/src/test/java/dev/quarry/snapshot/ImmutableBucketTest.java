package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.objects.FilterStore;
import dev.quarry.objects.ObjectStore;
import dev.quarry.objects.ObjectStoreException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// A bucket that keeps what it was given: nothing but the collector wants to delete.
class ImmutableBucketTest {
  private final Seals seals = Samples.plain();

  private static final class Immutable extends FilterStore {
    Immutable(ObjectStore next) {
      super(next);
    }

    @Override
    public void delete(String name) throws ObjectStoreException {
      throw new ObjectStoreException.Denied("object is locked name=" + name, null);
    }
  }

  @Test
  void allButCollecting_inABucketThatDeletesNothing_works() {
    DeletionScene scene = new DeletionScene(_ -> seals, Immutable::new);
    SnapshotService service = scene.service(new Immutable(scene.memory), 2);
    service.takeOver(Samples.VOLUME);
    scene.take(service);
    service.trash(scene.second, Duration.ofDays(1));
    service.restoreFromBin(scene.second);
    service.pin(scene.first, Samples.OTHER_VOLUME);
    service.release(scene.first, Samples.OTHER_VOLUME);
    assertTrue(service.wouldFreeBytes(scene.first) > 0);
    scene.delete(service);
    assertThrows(SnapshotException.Unavailable.class, () -> service.collect(Samples.VOLUME));
    scene.check(service, "not collected");
    SnapshotService unlocked = scene.service(scene.memory, 3);
    assertEquals(2, unlocked.collect(Samples.VOLUME).snapshots());
    scene.finish(unlocked, "collected later");
  }
}
