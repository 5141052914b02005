package dev.quarry.objects;

import dev.quarry.objects.ObjectStore.Put;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tries out a real store before it is relied on: many servers call themselves compatible with S3
/// and ignore what Quarry's safety rests on.
///
/// The probe puts a few small objects under a name of its own and deletes them again. What a short
/// trial cannot show, such as durability, it does not show.
public final class StoreProbe {
  private static final Logger LOG = LoggerFactory.getLogger(StoreProbe.class);

  /// Enough to tell servers that check and then write from those that do both at once: of the two
  /// that were found to fail, one lets every writer win, the other every second race.
  private static final int RACES = 3;

  private static final int WRITERS = 8;

  private final ObjectStore store;
  private final String folder;
  private final Set<String> put = new ConcurrentSkipListSet<>();

  private StoreProbe(ObjectStore store, String folder) {
    this.store = store;
    this.folder = folder;
  }

  /// What a store can do beyond what every store must.
  ///
  /// @param keepsChecksums whether whole objects are verified when they are read
  public record Report(boolean keepsChecksums) {}

  /// Tries a store out.
  ///
  /// @param folder where the probe may put its objects
  /// @param random makes names that are not there
  /// @throws ObjectStoreException.Unsafe if the store must not be used; the message says why
  /// @throws ObjectStoreException if it cannot be used now
  public static Report run(ObjectStore store, String folder, RandomGenerator random)
      throws ObjectStoreException {
    String own = "%s/probe-%016x".formatted(folder, random.nextLong());
    StoreProbe probe = new StoreProbe(store, own);
    try {
      return probe.run();
    } finally {
      probe.cleanUp();
    }
  }

  private Report run() throws ObjectStoreException {
    String name = folder + "/a";
    byte[] bytes = "quarry probe".getBytes(StandardCharsets.US_ASCII);
    createAndRead(name, bytes);
    refuseSecond(name, bytes);
    for (int race = 0; race < RACES; race++) {
      race(folder + "/race-" + race);
    }
    readPart(name, bytes);
    list();
    delete(name);
    return new Report(store.head(folder + "/race-0").orElseThrow().crc32c().isPresent());
  }

  private void createAndRead(String name, byte[] bytes) throws ObjectStoreException {
    if (put(name, bytes) != Put.CREATED) {
      throw unsafe("says that an object is there which nobody put");
    }
    if (!holds(name, bytes)) {
      throw unsafe("does not show an object right after it was put");
    }
  }

  private void refuseSecond(String name, byte[] bytes) throws ObjectStoreException {
    byte[] other = "quarry probe, second".getBytes(StandardCharsets.US_ASCII);
    if (put(name, other) != Put.EXISTED || !holds(name, bytes)) {
      throw unsafe("lets a second put of a name replace the first (it ignores If-None-Match)");
    }
  }

  private void race(String name) throws ObjectStoreException {
    List<Put> answers = new ArrayList<>();
    CountDownLatch start = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Put>> writers = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        byte[] bytes = racer(writer);
        writers.add(
            threads.submit(() -> {
              start.await();
              return put(name, bytes);
            }));
      }
      start.countDown();
      for (Future<Put> writer : writers) {
        answers.add(await(writer));
      }
    }
    if (Collections.frequency(answers, Put.CREATED) != 1
        || !holds(name, racer(answers.indexOf(Put.CREATED)))) {
      throw unsafe("lets several of the writers that race for a name believe that they won");
    }
  }

  private static byte[] racer(int writer) {
    return ("quarry probe, writer " + writer).getBytes(StandardCharsets.US_ASCII);
  }

  private static Put await(Future<Put> writer) throws ObjectStoreException {
    try {
      return writer.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ObjectStoreException cause) {
        throw cause;
      }
      throw new IllegalStateException("probe failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ObjectStoreException.Stopped("probe was interrupted", e);
    }
  }

  private void readPart(String name, byte[] bytes) throws ObjectStoreException {
    Optional<byte[]> part = store.getRange(name, 3, 5);
    if (part.isEmpty() || !Arrays.equals(part.get(), Arrays.copyOfRange(bytes, 3, 8))) {
      throw unsafe("does not read parts of objects");
    }
    try {
      store.getRange(name, bytes.length - 1, 2);
      throw unsafe("does not tell that a part is past the end of its object");
    } catch (ObjectStoreException.OutOfRange _) {
      // As it should be.
    }
  }

  private void list() throws ObjectStoreException {
    List<String> expected = List.copyOf(put);
    List<String> first = names(store.list(folder + "/", "", 1));
    List<String> rest = names(store.list(folder + "/", expected.getFirst(), 100));
    if (!first.equals(expected.subList(0, 1))
        || !rest.equals(expected.subList(1, expected.size()))) {
      throw unsafe("does not list, in order, the objects that were just put");
    }
  }

  private static List<String> names(ObjectStore.Page page) {
    return page.entries().stream().map(ObjectStore.Entry::name).toList();
  }

  private void delete(String name) throws ObjectStoreException {
    store.delete(name);
    store.delete(name);
    if (store.get(name).isPresent() || names(store.list(folder + "/", "", 100)).contains(name)) {
      throw unsafe("still shows an object right after it was deleted");
    }
  }

  private Put put(String name, byte[] bytes) throws ObjectStoreException {
    put.add(name);
    return store.putIfAbsent(name, bytes);
  }

  private boolean holds(String name, byte[] bytes) throws ObjectStoreException {
    return store.get(name).map(there -> Arrays.equals(there, bytes)).orElse(false);
  }

  private ObjectStoreException.Unsafe unsafe(String why) {
    return new ObjectStoreException.Unsafe(
        "the store %s, so snapshots in it could be lost or damaged; use another store store=%s"
            .formatted(why, store));
  }

  /// What cannot be deleted does no harm: it is logged, and the next start has another name.
  private void cleanUp() {
    for (String name : put) {
      try {
        store.delete(name);
      } catch (ObjectStoreException e) {
        LOG.warn("object of a probe is left name={}", name, e);
      }
    }
  }
}
