package dev.quarry.objects;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tries again, within a budget of time, what was [ObjectStoreException.Unavailable].
///
/// A put whose answer was lost may have created its object, and the next try then finds it there.
/// Such an object is read back: if it holds the bytes of this put, this put created it. That is why
/// writers that race for a name put something unique in the bytes. A delete that is tried again
/// deletes whatever has the name by then: names are not to be used again.
///
/// A thread that is interrupted stops trying.
public final class RetryingStore extends FilterStore {
  private static final Logger LOG = LoggerFactory.getLogger(RetryingStore.class);

  private final Backoff backoff;
  private final StoreTime time;
  private final RandomGenerator random;

  /// @param random for the waits; safe for use by many threads
  public RetryingStore(ObjectStore next, Backoff backoff, StoreTime time, RandomGenerator random) {
    super(next);
    this.backoff = backoff;
    this.time = time;
    this.random = random;
  }

  /// A request that may be made again.
  private interface Request<T> {
    T run() throws ObjectStoreException;
  }

  @Override
  public Put putIfAbsent(String name, MemorySegment bytes) throws ObjectStoreException {
    Tries tries = new Tries("put", name);
    while (true) {
      ObjectStoreException.Unavailable failure;
      try {
        Put put = next().putIfAbsent(name, bytes);
        if (put == Put.CREATED || tries.failures == 0) {
          return put;
        }
        Optional<byte[]> there = next().get(name);
        if (there.isPresent()) {
          return isSame(there.get(), bytes) ? Put.CREATED : Put.EXISTED;
        }
        // Deleted between the two requests, so the name is free again.
        failure = new ObjectStoreException.Unavailable("object came and went name=" + name, null);
      } catch (ObjectStoreException.Unavailable e) {
        failure = e;
      }
      tries.count(failure);
    }
  }

  @Override
  public Optional<byte[]> get(String name) throws ObjectStoreException {
    return retry("get", name, () -> next().get(name));
  }

  @Override
  public boolean getRange(String name, long offset, MemorySegment into)
      throws ObjectStoreException {
    return retry("get", name, () -> next().getRange(name, offset, into));
  }

  @Override
  public Optional<Head> head(String name) throws ObjectStoreException {
    return retry("head", name, () -> next().head(name));
  }

  @Override
  public Page list(String prefix, String startAfter, int limit) throws ObjectStoreException {
    return retry("list", prefix, () -> next().list(prefix, startAfter, limit));
  }

  @Override
  public void delete(String name) throws ObjectStoreException {
    retry(
        "delete",
        name,
        () -> {
          next().delete(name);
          return name;
        });
  }

  private <T> T retry(String verb, String name, Request<T> request) throws ObjectStoreException {
    Tries tries = new Tries(verb, name);
    while (true) {
      try {
        return request.run();
      } catch (ObjectStoreException.Unavailable e) {
        tries.count(e);
      }
    }
  }

  private static boolean isSame(byte[] there, MemorySegment bytes) {
    return MemorySegment.ofArray(there).mismatch(bytes) == -1;
  }

  /// The failures of one call so far. Used by one thread.
  private final class Tries {
    private final String verb;
    private final String name;
    private final long startNanos = time.nanoTime();
    private int failures;

    Tries(String verb, String name) {
      this.verb = verb;
      this.name = name;
    }

    /// Counts a failure and waits until it is time for the next try; throws if there is none.
    void count(ObjectStoreException.Unavailable e) throws ObjectStoreException {
      failures++;
      long wait =
          Math.max(
              backoff.waitNanos(failures, random),
              e.retryAfter().map(Duration::toNanos).orElse(0L));
      long elapsed = time.nanoTime() - startNanos;
      if (wait > backoff.budget().toNanos() - elapsed) {
        throw gaveUp(e, elapsed);
      }
      LOG.debug("{} failed, trying again name={} failures={}", verb, name, failures, e);
      try {
        time.sleep(wait);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new ObjectStoreException.Stopped(
            "%s was interrupted between two tries name=%s failures=%d"
                .formatted(verb, name, failures),
            e);
      }
    }

    private ObjectStoreException.Unavailable gaveUp(
        ObjectStoreException.Unavailable e, long elapsedNanos) {
      return new ObjectStoreException.Unavailable(
          "%s; gave up verb=%s failures=%d seconds=%.1f"
              .formatted(e.getMessage(), verb, failures, elapsedNanos / 1e9),
          e,
          e.retryAfter());
    }
  }
}
