package dev.quarry.snapshot;

import dev.quarry.objects.ObjectStore;
import dev.quarry.objects.ObjectStoreException;
import dev.quarry.posix.Priority;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/// The packs of one attempt to make a snapshot: gives out empty ones, uploads full ones in the
/// background, and tells when all are durable.
///
/// Memory is that of a [PackMemory.Turn]. Whoever asks for more waits: a slow store slows the
/// snapshot down, and nothing else.
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
  private final PackMemory.Turn memory;
  private final Map<PackKind, Integer> next = new TreeMap<>(); // guarded by this
  private final AtomicLong storedBytes = new AtomicLong();
  private volatile RuntimeException failure; // the first one
  private volatile boolean stopped;

  /// @param memory for its packs; closed with this
  PackUploads(
      ObjectStore store,
      Seals seals,
      UUID volume,
      long seq,
      long attempt,
      RandomGenerator random,
      PackMemory.Turn memory) {
    this.store = store;
    this.seals = seals;
    this.volume = volume;
    this.seq = seq;
    this.attempt = attempt;
    this.random = random;
    this.memory = memory;
  }

  /// An empty pack; waits until there is memory for it.
  PackBuilder begin(PackKind kind) {
    throwIfFailed();
    byte[] buffer = memory.take();
    try {
      throwIfFailed();
      int number;
      Bits128 salt;
      synchronized (this) {
        number = next.merge(kind, 1, Integer::sum) - 1;
        salt = Bits128.random(random);
      }
      return new PackBuilder(seals, new PackId(volume, seq, attempt, kind, number), salt, buffer);
    } catch (RuntimeException | Error e) {
      memory.giveBack(buffer);
      throw e;
    }
  }

  /// Finishes a pack and uploads it in the background.
  void end(PackBuilder pack) {
    try {
      int length = pack.finish();
      Thread.ofPlatform()
          .daemon()
          .name("pack-upload-" + pack.id().number())
          .start(Priority.background(() -> upload(pack, length)));
    } catch (RuntimeException | Error e) {
      drop(pack);
      throw e;
    }
  }

  private void upload(PackBuilder pack, int length) {
    try {
      if (failure == null && !stopped) {
        MemorySegment bytes = MemorySegment.ofArray(pack.bytes()).asSlice(0, length);
        Stores.putOwn(store, pack.id().objectName(), bytes, "pack");
        storedBytes.addAndGet(length);
      }
    } catch (ObjectStoreException e) {
      fail(Stores.translated(e));
    } catch (RuntimeException e) {
      fail(e);
    } catch (Error e) { // whoever waits for the pack must not wait for ever
      fail(new IllegalStateException("uploading a pack failed pack=" + pack.id(), e));
    } finally {
      drop(pack);
    }
  }

  /// Drops a pack that will not be uploaded.
  void drop(PackBuilder pack) {
    byte[] buffer = pack.bytes();
    pack.close();
    memory.giveBack(buffer);
  }

  /// Waits until all packs that were ended are durable (invariant S1).
  ///
  /// @throws RuntimeException what went wrong, if anything did
  void awaitAll() {
    memory.awaitAll();
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
    memory.awaitAll();
    memory.close();
  }

  private synchronized void fail(RuntimeException why) {
    if (failure == null) {
      failure = why;
    }
  }
}
