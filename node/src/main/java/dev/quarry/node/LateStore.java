package dev.quarry.node;

import dev.quarry.objects.ObjectStore;
import dev.quarry.objects.ObjectStoreException;
import dev.quarry.objects.StoreProbe;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A store that is opened and probed when it is first asked, and again with each request until it
/// can be. So a node starts, and serves its volumes, while its store is out of reach; and what the
/// probe refuses is never used.
///
/// Safe for use by many threads. The first request makes others wait.
final class LateStore implements ObjectStore {
  private static final Logger LOG = LoggerFactory.getLogger(LateStore.class);

  /// Nothing else in a store has a name that begins so.
  private static final String PROBES = "probe";

  /// Opens a store, which need not be there.
  interface Opening {
    ObjectStore open() throws ObjectStoreException;
  }

  private final String name;
  private final Opening opening;
  private final RandomGenerator random;
  private volatile Optional<ObjectStore> opened = Optional.empty(); // changed under this
  private boolean closed; // guarded by this

  /// @param name for messages
  LateStore(String name, Opening opening, RandomGenerator random) {
    this.name = name;
    this.opening = opening;
    this.random = random;
  }

  /// Opens and probes the store, unless that is done.
  ///
  /// @throws ObjectStoreException.Unsafe if it must not be used
  /// @throws ObjectStoreException if it cannot be used now
  void ready() throws ObjectStoreException {
    store();
  }

  private ObjectStore store() throws ObjectStoreException {
    Optional<ObjectStore> there = opened;
    return there.isPresent() ? there.get() : opened();
  }

  private synchronized ObjectStore opened() throws ObjectStoreException {
    if (closed) {
      throw new ObjectStoreException.Stopped("store is closed store=" + name, null);
    }
    if (opened.isEmpty()) {
      ObjectStore store = opening.open();
      try {
        StoreProbe.Report report = StoreProbe.run(store, PROBES, random);
        LOG.info("store is open store={} checksums={}", name, report.keepsChecksums());
      } catch (ObjectStoreException | RuntimeException e) {
        store.close();
        throw e;
      }
      opened = Optional.of(store);
    }
    return opened.get();
  }

  @Override
  public Put putIfAbsent(String object, MemorySegment bytes) throws ObjectStoreException {
    return store().putIfAbsent(object, bytes);
  }

  @Override
  public Optional<byte[]> get(String object) throws ObjectStoreException {
    return store().get(object);
  }

  @Override
  public boolean getRange(String object, long offset, MemorySegment into)
      throws ObjectStoreException {
    return store().getRange(object, offset, into);
  }

  @Override
  public Optional<Head> head(String object) throws ObjectStoreException {
    return store().head(object);
  }

  @Override
  public Page list(String prefix, String startAfter, int limit) throws ObjectStoreException {
    return store().list(prefix, startAfter, limit);
  }

  @Override
  public void delete(String object) throws ObjectStoreException {
    store().delete(object);
  }

  @Override
  public synchronized void close() {
    closed = true;
    opened.ifPresent(ObjectStore::close);
  }

  @Override
  public String toString() {
    return name;
  }
}
