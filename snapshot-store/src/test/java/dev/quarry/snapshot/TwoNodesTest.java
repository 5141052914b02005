package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// Two processes on one bucket, of which one falls asleep at any of its requests, for as long as
/// the other takes for all it does, and then goes on as if nothing had happened.
class TwoNodesTest {
  private final Seals seals = Samples.encrypted(1);

  private interface Work {
    void by(DeletionScene scene, SnapshotService service);
  }

  @Test
  void collector_asleepWhileAnotherSnapshotsDeletesAndCollects_harmsNothing() throws Exception {
    everywhere(
        (scene, sleeper) -> {
          sleeper.delete(scene.first);
          scene.live.remove(scene.first);
          sleeper.collect(Samples.VOLUME);
          sleeper.sweep(Samples.VOLUME);
        },
        (scene, other) -> {
          other.takeOver(Samples.VOLUME);
          scene.volume.write(7, Samples.bytes(9, 9000));
          scene.take(other);
          scene.delete(other);
          other.collect(Samples.VOLUME);
          scene.check(other, "while the other is asleep");
          other.sweep(Samples.VOLUME);
        });
  }

  @Test
  void writer_asleepWhileAnotherTakesOverAndCollects_leavesNothing() throws Exception {
    everywhere(
        (scene, sleeper) -> {
          sleeper.takeOver(Samples.VOLUME);
          scene.take(sleeper);
        },
        (scene, other) -> {
          other.takeOver(Samples.VOLUME);
          scene.delete(other);
          other.collect(Samples.VOLUME);
          other.sweep(Samples.VOLUME);
        });
  }

  @Test
  void reader_asleepWhileAnotherWritesPacksAnew_readsOn() throws Exception {
    everywhere(
        (scene, sleeper) ->
            scene.live.keySet().stream()
                .filter(id -> !id.equals(scene.first) && !id.equals(scene.second))
                .forEach(id -> Restores.whole(sleeper.reader(id))),
        (scene, other) -> {
          scene.delete(other);
          assertTrue(other.collect(Samples.VOLUME).shrunkPacks() > 0);
        },
        false);
  }

  private void everywhere(Work sleeping, Work meanwhile) throws Exception {
    everywhere(sleeping, meanwhile, true);
  }

  /// @param mayFail whether the sleeper may find out that others were faster
  private void everywhere(Work sleeping, Work meanwhile, boolean mayFail) throws Exception {
    boolean stalled = true;
    for (int at = 0; stalled; at++) {
      String when = "asleep at " + at;
      DeletionScene scene = new DeletionScene(_ -> seals, store -> store);
      StallingStore store = new StallingStore(scene.memory, at);
      SnapshotService sleeper = scene.service(store, 2);
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread thread =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  sleeping.by(scene, sleeper);
                } catch (Throwable e) {
                  failure.set(e);
                }
              });
      stalled = store.awaitStall(thread);
      SnapshotService other = scene.service(scene.memory, 3);
      meanwhile.by(scene, other);
      store.wake();
      thread.join();
      Throwable e = failure.get();
      if (e != null && !(mayFail && e instanceof SnapshotException)) {
        throw new AssertionError(when, e);
      }
      other.takeOver(Samples.VOLUME); // ends what the sleeper began
      scene.finish(other, when);
    }
  }
}
