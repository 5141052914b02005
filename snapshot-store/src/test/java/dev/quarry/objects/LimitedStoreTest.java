package dev.quarry.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.objects.FaultPlan.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LimitedStoreTest extends FolderStoreContract {
  private static final long SECOND = 1_000_000_000;

  private final ManualStoreTime time = new ManualStoreTime();

  @Override
  ObjectStore create() {
    return limited(new Limits(1 << 20, 1 << 20, 100, 3));
  }

  private LimitedStore limited(Limits limits) {
    return new LimitedStore(MemoryStore.create(), limits, time);
  }

  @Test
  void puts_areHeldToTheirBandwidth() throws Exception {
    LimitedStore store = limited(Limits.NONE.withPutBytesPerSecond(1000));
    for (int i = 0; i < 5; i++) {
      store.putIfAbsent("o" + i, new byte[2000]);
    }
    store.head("o0");
    assertNear(4 * 2 * SECOND); // the last one moves at the speed of the store
  }

  @Test
  void gets_areHeldToTheirBandwidth() throws Exception {
    LimitedStore store = limited(Limits.NONE.withGetBytesPerSecond(1000));
    store.putIfAbsent("o", new byte[3000]);
    for (int i = 0; i < 4; i++) {
      store.get("o");
    }
    assertNear(3 * 3 * SECOND);
    store.getRange("o", 0, 500);
    store.getRange("o", 0, 500);
    assertNear(12 * SECOND + SECOND / 2);
  }

  @Test
  void smallObjects_doNotWaitForTheBandwidthOfLargeOnes() throws Exception {
    LimitedStore store = limited(Limits.NONE.withPutBytesPerSecond(1 << 20));
    store.putIfAbsent("pack-1", new byte[8 << 20]);
    store.putIfAbsent("entry-1", new byte[1 << 10]);
    assertNear(0);
    store.putIfAbsent("pack-2", new byte[8 << 20]);
    assertNear(8 * SECOND + SECOND / 1024); // what the small one took is missing to it
  }

  @Test
  void smallObjects_areHeldToTheBandwidthTogether() throws Exception {
    LimitedStore store = limited(Limits.NONE.withPutBytesPerSecond(1 << 20));
    for (int i = 0; i <= 64; i++) {
      store.putIfAbsent("entry-" + i, new byte[32 << 10]);
    }
    assertNear(2 * SECOND);
  }

  @Test
  void requests_areHeldToTheirRate() throws Exception {
    LimitedStore store = limited(Limits.NONE.withRequestsPerSecond(10));
    store.putIfAbsent("o", new byte[1]);
    store.get("o");
    store.getRange("o", 0, 1);
    store.head("o");
    store.list("", "", 1);
    store.delete("o");
    assertNear(SECOND / 2);
  }

  private void assertNear(long nanos) {
    assertEquals(nanos, time.nanoTime(), 1e6);
  }

  @Test
  void calls_atOneTime_areNoMoreThanAllowed() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ObjectStore counting =
        new FilterStore(MemoryStore.create()) {
          @Override
          public Optional<Head> head(String name) throws ObjectStoreException {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            Thread.yield();
            running.decrementAndGet();
            return super.head(name);
          }
        };
    LimitedStore store = new LimitedStore(counting, Limits.NONE.withConcurrentRequests(3), time);
    List<Callable<Optional<ObjectStore.Head>>> calls = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      calls.add(() -> store.head("o"));
    }
    TestObjects.race(calls);
    assertTrue(most.get() <= 3, "at one time " + most.get());
  }

  @Test
  void call_thatFails_givesItsTurnBack() throws Exception {
    FaultyStore faulty =
        new FaultyStore(
            MemoryStore.create(), call -> call.index() < 6 ? Fault.BEFORE : Fault.NONE, time);
    LimitedStore store = new LimitedStore(faulty, Limits.NONE.withConcurrentRequests(1), time);
    Class<ObjectStoreException.Unavailable> fails = ObjectStoreException.Unavailable.class;
    assertThrows(fails, () -> store.putIfAbsent("o", new byte[1]));
    assertThrows(fails, () -> store.get("o"));
    assertThrows(fails, () -> store.getRange("o", 0, 1));
    assertThrows(fails, () -> store.head("o"));
    assertThrows(fails, () -> store.list("", "", 1));
    assertThrows(fails, () -> store.delete("o"));
    assertEquals(Optional.empty(), store.get("o"));
  }

  @Test
  void interruptedThread_doesNotWait() {
    LimitedStore store = limited(Limits.NONE);
    Thread.currentThread().interrupt();
    try {
      assertThrows(ObjectStoreException.Stopped.class, () -> store.get("o"));
      assertTrue(Thread.currentThread().isInterrupted());
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void limitsOutsideTheirRange_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> Limits.NONE.withPutBytesPerSecond(0));
    assertThrows(IllegalArgumentException.class, () -> Limits.NONE.withGetBytesPerSecond(-1));
    assertThrows(
        IllegalArgumentException.class,
        () -> Limits.NONE.withRequestsPerSecond(Limits.UNLIMITED + 1));
    assertThrows(IllegalArgumentException.class, () -> Limits.NONE.withConcurrentRequests(0));
  }
}
