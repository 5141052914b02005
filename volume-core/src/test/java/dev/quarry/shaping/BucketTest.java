package dev.quarry.shaping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class BucketTest {
  private static final int THREADS = 4;
  private static final int TAKES = 50_000;

  private record Grant(long dueNanos, long tokens) {}

  /// The clock stands, so every token must be waited for in turn: the waits, put in order, are
  /// those of one taker after another.
  @Test
  void take_byManyThreadsAtOneTime_givesEachTokenToOne() throws Exception {
    TokenBucket arithmetic = new TokenBucket(1_000_000_000 / 2, 1);
    Bucket bucket = Bucket.holding(0, arithmetic, 0);
    List<Grant> grants =
        grants(thread -> {
          SplittableRandom random = new SplittableRandom(thread);
          List<Grant> taken = new ArrayList<>();
          for (int i = 0; i < TAKES; i++) {
            long tokens = random.nextLong(1, 9);
            taken.add(new Grant(bucket.take(tokens, 0), tokens));
          }
          return taken;
        });
    long taken = 0;
    for (Grant grant : grants) {
      taken += grant.tokens;
      assertEquals(2 * taken, grant.dueNanos); // two nanoseconds a token
    }
    assertEquals(-taken, bucket.balance(0));
  }

  /// The clock goes on, and threads take early or late and settle: what goes ahead in the whole
  /// time stays within capacity and rate × time, but for what two that meet may share of the
  /// tolerance.
  @Test
  void takeAndSettle_byManyThreadsOverTime_keepTheBound() throws Exception {
    TokenBucket arithmetic = new TokenBucket(1_000_000, 1_000);
    Bucket bucket = Bucket.holding(1_000, arithmetic, 0);
    AtomicLong clock = new AtomicLong();
    List<Grant> grants =
        grants(thread -> {
          SplittableRandom random = new SplittableRandom(thread);
          List<Grant> taken = new ArrayList<>();
          for (int i = 0; i < TAKES; i++) {
            long now = clock.addAndGet(random.nextLong(2_000));
            long tokens = random.nextLong(1, 4);
            long due = bucket.take(tokens, now);
            bucket.settle(tokens, due);
            taken.add(new Grant(due, tokens));
          }
          return taken;
        });
    long span = grants.getLast().dueNanos;
    long taken = grants.stream().mapToLong(Grant::tokens).sum();
    long bound = 1_000 + span / 1_000 + 1;
    assertTrue(taken <= bound, () -> taken + " > " + bound);
  }

  private static List<Grant> grants(Taker taker) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Callable<List<Grant>>> tasks = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int thread = i;
        tasks.add(() -> taker.run(thread));
      }
      List<Grant> all = new ArrayList<>();
      for (Future<List<Grant>> future : threads.invokeAll(tasks)) {
        all.addAll(future.get());
      }
      all.sort(Comparator.comparingLong(Grant::dueNanos));
      return all;
    }
  }

  private interface Taker {
    List<Grant> run(int thread);
  }
}
