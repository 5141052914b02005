package dev.quarry.snapshot;

import dev.quarry.objects.ObjectStore;
import dev.quarry.objects.ObjectStoreException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// A store of which one request fails, before or after its effect, and all after it if it is to
/// stay down.
final class FaultyStore implements ObjectStore {
  private final ObjectStore next;
  private int calls; // guarded by this
  private int failAt = Integer.MAX_VALUE; // guarded by this
  private boolean afterEffect; // guarded by this
  private boolean stayDown; // guarded by this

  FaultyStore(ObjectStore next) {
    this.next = next;
  }

  /// Lets the request fail that comes after so many others.
  synchronized void failAfter(int more, boolean effect, boolean stay) {
    failAt = calls + more;
    afterEffect = effect;
    stayDown = stay;
  }

  synchronized void heal() {
    failAt = Integer.MAX_VALUE;
  }

  synchronized int calls() {
    return calls;
  }

  private interface Request<T> {
    T run() throws ObjectStoreException;
  }

  private <T> T call(Request<T> request) throws ObjectStoreException {
    boolean fails;
    boolean after;
    synchronized (this) {
      fails = stayDown ? calls >= failAt : calls == failAt;
      after = afterEffect && calls == failAt;
      calls++;
    }
    if (fails && !after) {
      throw new ObjectStoreException.Unavailable("fault", null);
    }
    T result = request.run();
    if (fails) {
      throw new ObjectStoreException.Unavailable("fault, too late", null);
    }
    return result;
  }

  @Override
  public Put putIfAbsent(String name, MemorySegment bytes) throws ObjectStoreException {
    return call(() -> next.putIfAbsent(name, bytes));
  }

  @Override
  public Optional<byte[]> get(String name) throws ObjectStoreException {
    return call(() -> next.get(name));
  }

  @Override
  public boolean getRange(String name, long offset, MemorySegment into)
      throws ObjectStoreException {
    return call(() -> next.getRange(name, offset, into));
  }

  @Override
  public Optional<Head> head(String name) throws ObjectStoreException {
    return call(() -> next.head(name));
  }

  @Override
  public Page list(String prefix, String startAfter, int limit) throws ObjectStoreException {
    return call(() -> next.list(prefix, startAfter, limit));
  }

  @Override
  public void delete(String name) throws ObjectStoreException {
    call(() -> {
      next.delete(name);
      return null;
    });
  }

  @Override
  public void close() {
    next.close();
  }
}
