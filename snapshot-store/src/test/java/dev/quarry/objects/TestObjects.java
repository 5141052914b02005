package dev.quarry.objects;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Bytes for objects, and what tests do with stores.
final class TestObjects {

  private TestObjects() {}

  /// Bytes that differ from seed to seed.
  static byte[] bytes(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /// All names with a prefix, by pages of `limit`.
  static List<String> names(ObjectStore store, String prefix, int limit) throws Exception {
    List<String> names = new ArrayList<>();
    ObjectStore.Page page;
    do {
      page = store.list(prefix, names.isEmpty() ? "" : names.getLast(), limit);
      if (page.entries().size() > limit) {
        throw new AssertionError("page of " + page.entries().size() + " exceeds " + limit);
      }
      page.entries().forEach(entry -> names.add(entry.name()));
    } while (page.more());
    return names;
  }

  /// Runs tasks that begin at one moment and answers what they answered, in order.
  static <T> List<T> race(List<Callable<T>> tasks) throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> running = new ArrayList<>();
      for (Callable<T> task : tasks) {
        running.add(
            threads.submit(() -> {
              start.await();
              return task.call();
            }));
      }
      start.countDown();
      List<T> answers = new ArrayList<>();
      for (Future<T> one : running) {
        answers.add(one.get());
      }
      return answers;
    }
  }
}
