package dev.quarry.snapshot;

import dev.quarry.objects.ObjectStore;
import dev.quarry.objects.ObjectStoreException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/// The packs of one attempt to make a snapshot: gives out empty ones, uploads full ones in the
/// background, and tells when all are durable.
///
/// Memory is bounded by the number of packs that may be filled or under way at a time, 16 MiB each.
/// Whoever asks for one more waits: a slow store slows the snapshot down, and nothing else.
///
/// Buffers are arrays: AES-GCM is 2.5 times as fast on them as on memory off the heap.
///
/// Safe for use by many threads.
final class PackUploads implements AutoCloseable {
  private final ObjectStore store;
  private final Seals seals;
  private final UUID volume;
  private final long seq;
  private final long attempt;
  private final RandomGenerator random;
  private final int packCount;
  private final Semaphore free;
  private final Deque<byte[]> buffers = new ArrayDeque<>(); // guarded by this
  private final Map<PackKind, Integer> next = new TreeMap<>(); // guarded by this
  private final AtomicLong storedBytes = new AtomicLong();
  private volatile RuntimeException failure; // the first one
  private volatile boolean stopped;

  /// @param packCount the most packs in memory
  PackUploads(
      ObjectStore store,
      Seals seals,
      UUID volume,
      long seq,
      long attempt,
      RandomGenerator random,
      int packCount) {
    this.store = store;
    this.seals = seals;
    this.volume = volume;
    this.seq = seq;
    this.attempt = attempt;
    this.random = random;
    this.packCount = packCount;
    this.free = new Semaphore(packCount);
  }

  /// An empty pack; waits until there is memory for it.
  PackBuilder begin(PackKind kind) {
    free.acquireUninterruptibly();
    try {
      throwIfFailed();
      byte[] buffer;
      int number;
      Bits128 salt;
      synchronized (this) {
        buffer = buffers.isEmpty() ? new byte[PackBuilder.MAX_BYTES] : buffers.pop();
        number = next.merge(kind, 1, Integer::sum) - 1;
        salt = new Bits128(random.nextLong(), random.nextLong());
      }
      return new PackBuilder(seals, new PackId(volume, seq, attempt, kind, number), salt, buffer);
    } catch (RuntimeException e) {
      free.release();
      throw e;
    }
  }

  /// Finishes a pack and uploads it in the background.
  void end(PackBuilder pack) {
    int length = pack.finish();
    Thread.ofVirtual()
        .name("pack-upload-" + pack.id().number())
        .start(() -> {
          try {
            if (failure == null && !stopped) {
              put(pack.id().objectName(), pack.bytes(), length);
              storedBytes.addAndGet(length);
            }
          } catch (ObjectStoreException e) {
            fail(Stores.translated(e));
          } catch (RuntimeException e) {
            fail(e);
          } finally {
            giveBack(pack);
          }
        });
  }

  /// Drops a pack that will not be uploaded.
  void drop(PackBuilder pack) {
    giveBack(pack);
  }

  /// Waits until all packs that were ended are durable (invariant S1).
  ///
  /// @throws RuntimeException what went wrong, if anything did
  void awaitAll() {
    free.acquireUninterruptibly(packCount);
    free.release(packCount);
    throwIfFailed();
  }

  /// How many packs of a kind were given out.
  synchronized int count(PackKind kind) {
    return next.getOrDefault(kind, 0);
  }

  /// Bytes of the packs that are durable.
  long storedBytes() {
    return storedBytes.get();
  }

  void throwIfFailed() {
    RuntimeException why = failure;
    if (why != null) {
      throw why;
    }
  }

  /// Lets uploads that have not begun go, and waits for the others.
  @Override
  public void close() {
    stopped = true;
    free.acquireUninterruptibly(packCount);
    free.release(packCount);
  }

  private void put(String name, byte[] bytes, int length) throws ObjectStoreException {
    MemorySegment content = MemorySegment.ofArray(bytes).asSlice(0, length);
    if (store.putIfAbsent(name, content) == ObjectStore.Put.EXISTED) {
      // The name is random: only an answer that was lost can have left it there.
      byte[] there =
          store.get(name).orElseThrow(() -> new SnapshotException.Corrupt(name, "pack is missing"));
      if (!Arrays.equals(there, 0, there.length, bytes, 0, length)) {
        throw new SnapshotException.Corrupt(name, "another pack lies here");
      }
    }
  }

  private synchronized void fail(RuntimeException why) {
    if (failure == null) {
      failure = why;
    }
  }

  private void giveBack(PackBuilder pack) {
    synchronized (this) {
      buffers.push(pack.bytes());
    }
    pack.close();
    free.release();
  }
}
