package dev.quarry.objects;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// A store in front of another. It passes everything on; a wrapper overrides what it changes.
public abstract class FilterStore implements ObjectStore {
  private final ObjectStore next;

  protected FilterStore(ObjectStore next) {
    this.next = next;
  }

  /// The store behind this one.
  protected final ObjectStore next() {
    return next;
  }

  @Override
  public Put putIfAbsent(String name, MemorySegment bytes) throws ObjectStoreException {
    return next.putIfAbsent(name, bytes);
  }

  @Override
  public Optional<byte[]> get(String name) throws ObjectStoreException {
    return next.get(name);
  }

  @Override
  public boolean getRange(String name, long offset, MemorySegment into)
      throws ObjectStoreException {
    return next.getRange(name, offset, into);
  }

  @Override
  public Optional<Head> head(String name) throws ObjectStoreException {
    return next.head(name);
  }

  @Override
  public Page list(String prefix, String startAfter, int limit) throws ObjectStoreException {
    return next.list(prefix, startAfter, limit);
  }

  @Override
  public void delete(String name) throws ObjectStoreException {
    next.delete(name);
  }

  @Override
  public void close() {
    next.close();
  }

  /// The nest of names from this wrapper inwards, such as `RetryingStore(MemoryStore)`.
  @Override
  public String toString() {
    return getClass().getSimpleName() + "(" + next + ")";
  }
}
