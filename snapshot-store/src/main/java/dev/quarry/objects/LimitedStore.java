package dev.quarry.objects;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/// Makes callers wait so that a store is not burdened beyond its [Limits].
///
/// Rates are kept to within one request: an object moves at the speed of the store, and what
/// follows waits for it. Callers take turns in the order they came; but small objects, by which
/// snapshots are begun, found and read in parts, wait for the bandwidth of other small ones only,
/// and what they take is missing to the large ones. So a command is answered while packs wait for
/// minutes.
public final class LimitedStore extends FilterStore {
  /// What is no larger is small: log entries, roots, pages, a few frames; not packs.
  static final long SMALL_BYTES = 128 << 10;

  private final StoreTime time;
  private final Bandwidth putBytes;
  private final Bandwidth getBytes;
  private final Pace requests;
  private final Semaphore turns;

  /// One direction's rate, and who waits for whom.
  private record Bandwidth(Pace small, Pace all) {
    static Bandwidth of(long bytesPerSecond) {
      return new Bandwidth(new Pace(bytesPerSecond), new Pace(bytesPerSecond));
    }

    long take(long length, long nowNanos) {
      long waitForAll = all.take(length, nowNanos);
      return length <= SMALL_BYTES ? small.take(length, nowNanos) : waitForAll;
    }
  }

  public LimitedStore(ObjectStore next, Limits limits, StoreTime time) {
    super(next);
    this.time = time;
    this.putBytes = Bandwidth.of(limits.putBytesPerSecond());
    this.getBytes = Bandwidth.of(limits.getBytesPerSecond());
    this.requests = new Pace(limits.requestsPerSecond());
    this.turns = new Semaphore(limits.concurrentRequests(), true);
  }

  @Override
  public Put putIfAbsent(String name, MemorySegment bytes) throws ObjectStoreException {
    begin(putBytes, bytes.byteSize());
    try {
      return next().putIfAbsent(name, bytes);
    } finally {
      turns.release();
    }
  }

  /// The size is known only afterwards: what is read then delays the requests that follow.
  @Override
  public Optional<byte[]> get(String name) throws ObjectStoreException {
    begin(getBytes, 0);
    try {
      Optional<byte[]> bytes = next().get(name);
      bytes.ifPresent(found -> getBytes.take(found.length, time.nanoTime()));
      return bytes;
    } finally {
      turns.release();
    }
  }

  @Override
  public boolean getRange(String name, long offset, MemorySegment into)
      throws ObjectStoreException {
    begin(getBytes, into.byteSize());
    try {
      return next().getRange(name, offset, into);
    } finally {
      turns.release();
    }
  }

  @Override
  public Optional<Head> head(String name) throws ObjectStoreException {
    begin();
    try {
      return next().head(name);
    } finally {
      turns.release();
    }
  }

  @Override
  public Page list(String prefix, String startAfter, int limit) throws ObjectStoreException {
    begin();
    try {
      return next().list(prefix, startAfter, limit);
    } finally {
      turns.release();
    }
  }

  @Override
  public void delete(String name) throws ObjectStoreException {
    begin();
    try {
      next().delete(name);
    } finally {
      turns.release();
    }
  }

  private void begin() throws ObjectStoreException.Stopped {
    begin(requests.take(1, time.nanoTime()));
  }

  private void begin(Bandwidth bytes, long length) throws ObjectStoreException.Stopped {
    long now = time.nanoTime();
    begin(Math.max(requests.take(1, now), bytes.take(length, now)));
  }

  /// Waits for the rates first and for a turn last, so that a put that waits long for its bandwidth
  /// does not keep a read from its turn.
  private void begin(long waitNanos) throws ObjectStoreException.Stopped {
    try {
      time.sleep(waitNanos);
      turns.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ObjectStoreException.Stopped("interrupted while waiting for a turn", e);
    }
  }
}
