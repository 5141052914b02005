package dev.quarry.objects;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.objects.FaultPlan.Fault;
import dev.quarry.objects.FaultPlan.Verb;
import dev.quarry.objects.ObjectStore.Put;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The contract on a store that fails every third call, before or after the effect: with retries
/// that must not show.
class RetryingStoreTest extends FolderStoreContract {
  private static final long SEED = 42;
  private static final byte[] OURS = {1, 2, 3};
  private static final byte[] THEIRS = {4, 5, 6};

  private final ManualStoreTime time = new ManualStoreTime();
  private final MemoryStore behind = MemoryStore.create();

  @Override
  ObjectStore create() {
    FaultPlan plan =
        FaultPlan.random(new Random(SEED), 0.33, EnumSet.of(Fault.BEFORE, Fault.AFTER));
    return retrying(
        new FaultyStore(MemoryStore.create(), plan, time),
        Backoff.DEFAULT.within(Duration.ofDays(365)));
  }

  private RetryingStore retrying(ObjectStore store, Backoff backoff) {
    return new RetryingStore(store, backoff, time, new Random(SEED));
  }

  private RetryingStore over(FaultPlan plan) {
    return retrying(new FaultyStore(behind, plan, time), Backoff.DEFAULT);
  }

  @Test
  void put_lostAnswer_isOurs() throws Exception {
    assertEquals(Put.CREATED, over(FaultPlan.at(0, Fault.AFTER)).putIfAbsent("a", OURS));
    assertArrayEquals(OURS, behind.get("a").orElseThrow());
  }

  @Test
  void put_lostAnswersAndReads_isOurs() throws Exception {
    RetryingStore store =
        over(call -> call.index() < 5 ? Fault.AFTER : Fault.NONE); // put, put, put, get, put
    assertEquals(Put.CREATED, store.putIfAbsent("a", OURS));
  }

  @Test
  void put_lostAnswerAboutAnothersObject_existed() throws Exception {
    behind.putIfAbsent("a", THEIRS);
    assertEquals(Put.EXISTED, over(FaultPlan.at(0, Fault.AFTER)).putIfAbsent("a", OURS));
    assertArrayEquals(THEIRS, behind.get("a").orElseThrow());
  }

  @Test
  void put_failedAndThenOvertaken_existed() throws Exception {
    RetryingStore store =
        over(call -> {
          if (call.index() == 0) {
            putByAnother();
            return Fault.BEFORE;
          }
          return Fault.NONE;
        });
    assertEquals(Put.EXISTED, store.putIfAbsent("a", OURS));
  }

  private void putByAnother() {
    try {
      behind.putIfAbsent("a", THEIRS);
    } catch (ObjectStoreException e) {
      throw new AssertionError(e);
    }
  }

  /// Without a failure, equal bytes were put by somebody else.
  @Test
  void put_equalBytesOfAnother_existed() throws Exception {
    behind.putIfAbsent("a", OURS);
    assertEquals(Put.EXISTED, over(FaultPlan.none()).putIfAbsent("a", OURS));
  }

  @Test
  void put_lostAnswerAndThenDeleted_createsAnew() throws Exception {
    RetryingStore store =
        over(call -> {
          if (call.verb() == Verb.GET) {
            deleteByAnother();
          }
          return call.index() == 0 ? Fault.AFTER : Fault.NONE;
        });
    assertEquals(Put.CREATED, store.putIfAbsent("a", OURS));
    assertArrayEquals(OURS, behind.get("a").orElseThrow());
  }

  private void deleteByAnother() {
    try {
      behind.delete("a");
    } catch (ObjectStoreException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void everyVerb_storeThatStaysAway_givesUpWithinTheBudget() {
    Backoff backoff =
        new Backoff(Duration.ofSeconds(30), Duration.ofMillis(100), Duration.ofSeconds(5));
    RetryingStore store = retrying(new FaultyStore(behind, _ -> Fault.BEFORE, time), backoff);
    List<Executable> verbs =
        List.of(
            () -> store.putIfAbsent("a", OURS),
            () -> store.get("a"),
            () -> store.getRange("a", 0, 1),
            () -> store.head("a"),
            () -> store.list("a", "", 1),
            () -> store.delete("a"));
    for (Executable verb : verbs) {
      long start = time.nanoTime();
      ObjectStoreException e = assertThrows(ObjectStoreException.Unavailable.class, verb);
      long elapsed = time.nanoTime() - start;
      assertTrue(elapsed > 20_000_000_000L && elapsed <= 30_000_000_000L, "elapsed " + elapsed);
      assertTrue(e.getMessage().contains("gave up"), e.getMessage());
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void everyVerb_errorThatDoesNotPass_isNotTriedAgain(Kind kind) {
    AtomicInteger calls = new AtomicInteger();
    ObjectStoreException error = kind.error();
    RetryingStore store =
        retrying(
            new FilterStore(behind) {
              @Override
              public Optional<byte[]> get(String name) throws ObjectStoreException {
                calls.incrementAndGet();
                throw error;
              }
            },
            Backoff.DEFAULT);
    assertSame(error, assertThrows(ObjectStoreException.class, () -> store.get("a")));
    assertEquals(1, calls.get());
    assertEquals(0, time.nanoTime());
  }

  private enum Kind {
    DENIED,
    FULL,
    CORRUPT,
    OUT_OF_RANGE,
    UNSAFE,
    STOPPED;

    ObjectStoreException error() {
      return switch (this) {
        case DENIED -> new ObjectStoreException.Denied("no", null);
        case FULL -> new ObjectStoreException.Full("no", null);
        case CORRUPT -> new ObjectStoreException.Corrupt("no");
        case OUT_OF_RANGE -> new ObjectStoreException.OutOfRange("a", 0, 2, 1);
        case UNSAFE -> new ObjectStoreException.Unsafe("no");
        case STOPPED -> new ObjectStoreException.Stopped("no", null);
      };
    }
  }

  @Test
  void retryAfter_longerThanTheBackoff_isKept() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    RetryingStore store =
        retrying(
            new FilterStore(behind) {
              @Override
              public Optional<Head> head(String name) throws ObjectStoreException {
                if (calls.getAndIncrement() == 0) {
                  throw new ObjectStoreException.Unavailable(
                      "slow down", null, Optional.of(Duration.ofSeconds(17)));
                }
                return super.head(name);
              }
            },
            Backoff.DEFAULT);
    store.head("a");
    assertEquals(17_000_000_000L, time.nanoTime());
  }

  @Test
  void interruptedThread_stopsTrying() {
    FaultyStore faulty = new FaultyStore(behind, _ -> Fault.BEFORE, time);
    Thread.currentThread().interrupt();
    try {
      assertThrows(
          ObjectStoreException.Stopped.class, () -> retrying(faulty, Backoff.DEFAULT).delete("a"));
      assertEquals(1, faulty.calls());
      assertTrue(Thread.currentThread().isInterrupted());
    } finally {
      Thread.interrupted();
    }
  }
}
