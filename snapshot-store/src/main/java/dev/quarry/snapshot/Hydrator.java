package dev.quarry.snapshot;

import dev.quarry.block.VolumeException;
import dev.quarry.objects.Pace;
import dev.quarry.posix.Priority;
import dev.quarry.shaping.TimeSource;
import dev.quarry.volume.ChunkLayout;
import dev.quarry.volume.VolumeData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings a volume that was made from a snapshot to the local disk, in the background and in the
/// order of [HydrationOrder]. What a read of the guest had to wait for draws what lies behind it in
/// the same pack.
///
/// A few threads fetch runs of neighbouring chunks. They keep to a rate, if there is one, which
/// reads of the guest do not count towards. A store that does not answer is tried again for as long
/// as it takes. A chunk that is corrupt is left, and so the volume never wholly hydrated.
///
/// Begun by [#start], ended by itself or by [#close], which comes before the volume is closed.
public final class Hydrator implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Hydrator.class);

  /// How many fetch side by side.
  private static final int THREADS = 4;

  /// The most chunks of a run, 512 KiB each: one request for 4 MiB.
  private static final int RUN_CHUNKS = 8;

  /// How much behind a chunk that was asked for is drawn: what a pack has, more or less.
  private static final int DRAWN_CHUNKS = 32;

  /// After so many chunks what was brought is made durable: the volume keeps account of what is
  /// not.
  private static final int CHUNKS_PER_FLUSH = 2048;

  private static final long FIRST_PAUSE_NANOS = 100_000_000;
  private static final long LONGEST_PAUSE_NANOS = 10_000_000_000L;

  /// How long it looks away while a snapshot is being made: what [#close] may have to wait.
  private static final long LONGEST_LOOK_NANOS = 1_000_000_000;

  private final VolumeData volume;
  private final SnapshotSource source;
  private HydrationOrder order; // guarded by this; a new one for each pass
  private final Set<Long> underWay = new HashSet<>(); // guarded by this
  private final Optional<Pace> pace;
  private final TimeSource time;
  private final Runnable hydrated;
  private final long beganNanos;
  private final AtomicLong broughtBytes = new AtomicLong();
  private final AtomicInteger unflushed = new AtomicInteger();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final Queue<Long> asked = new ConcurrentLinkedQueue<>(); // by the guest, lately
  private volatile long chunkCount; // the volume may grow between passes
  private volatile long earlierChunks; // that were here when it began
  private volatile boolean stopped;
  private volatile boolean corrupt;

  /// @param source what the volume was opened with
  /// @param bytesPerSecond the rate to keep to; EBS lets users choose from 100 to 300 MiB/s (EBS
  ///   User Guide, "Initialize Amazon EBS volumes")
  /// @param hydrated is told, once, that all is durably on the local disk
  public Hydrator(
      VolumeData volume,
      SnapshotSource source,
      OptionalLong bytesPerSecond,
      TimeSource time,
      Runnable hydrated) {
    this.volume = volume;
    this.source = source;
    this.pace = bytesPerSecond.stream().mapToObj(Pace::new).findFirst();
    this.time = time;
    this.beganNanos = time.nanoTime();
    this.hydrated = hydrated;
    beginPass(Hints.NONE);
  }

  /// Begins.
  public void start() {
    source.onDemand(this::demanded);
    Thread.ofPlatform().daemon().name("hydrator").start(Priority.background(this::run));
  }

  /// How far it is: chunks of the volume that need nothing more from the snapshot, and the bytes
  /// that were brought since it began.
  public Progress progress() {
    Duration elapsed = Duration.ofNanos(time.nanoTime() - beganNanos);
    long count = chunkCount;
    return new Progress(
        volume.hereChunks(count), count, earlierChunks, broughtBytes.get(), 0, elapsed);
  }

  /// Whether something in the snapshot is not what was stored, so that it will not complete.
  public boolean foundCorruption() {
    return corrupt;
  }

  /// Waits until it has ended by itself or by [#close]; an interrupt does not cut that short.
  void await() {
    ended.join();
  }

  /// Asks for it to end, and does not wait.
  public void stop() {
    stopped = true;
    source.onDemand(_ -> {});
  }

  /// Ends it, waiting for requests under way.
  @Override
  public void close() {
    stop();
    await();
  }

  /// Chunks of one run.
  private record Run(long first, int count) {}

  /// Called by reads of the guest, and so waits for nothing.
  private void demanded(long chunk) {
    asked.add(chunk);
  }

  private void takeAsked() {
    for (Long chunk = asked.poll(); chunk != null; chunk = asked.poll()) {
      for (long next = chunk + 1; next <= chunk + DRAWN_CHUNKS; next += RUN_CHUNKS) {
        order.demand(next);
      }
    }
  }

  /// Goes over the volume until all of it is here: once, or again if something is left to bring.
  private void run() {
    try {
      earlierChunks = volume.hereChunks(chunkCount);
      Hints hints = hints();
      do {
        beginPass(hints);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
          Thread.Builder builder = Thread.ofPlatform().daemon().name("hydrator-" + i);
          threads.add(builder.start(Priority.background(this::work)));
        }
        for (Thread thread : threads) {
          join(thread);
        }
      } while (!stopped && !corrupt && !finished());
      if (!stopped && !corrupt) {
        hydrated.run();
      }
    } catch (VolumeException | RuntimeException e) {
      LOG.error("hydration ended; it goes on when the volume is opened again", e);
    } finally {
      ended.complete(null);
    }
  }

  /// Waits until all is here for good. A snapshot that is being made of the volume takes its time,
  /// for which there is nothing to do but to look now and then.
  ///
  /// @return whether it is; if not, there is something to bring: the volume grew, or what was to be
  ///   tried again was forgotten over what the guest asked for
  private boolean finished() throws VolumeException {
    long pauseNanos = FIRST_PAUSE_NANOS;
    while (!stopped) {
      if (volume.finishHydration()) {
        return true;
      }
      time.pause(pauseNanos);
      pauseNanos = Math.min(2 * pauseNanos, LONGEST_LOOK_NANOS);
      long count = ChunkLayout.chunkCount(volume.device().sizeBytes());
      if (volume.hereChunks(count) < count) {
        return false;
      }
    }
    return false;
  }

  /// Without them it is as well, if slower for the guest.
  private Hints hints() {
    try {
      return source.hints();
    } catch (VolumeException e) {
      LOG.warn("how a snapshot's volume was used cannot be read", e);
      return Hints.NONE;
    }
  }

  private synchronized void beginPass(Hints hints) {
    chunkCount = ChunkLayout.chunkCount(volume.device().sizeBytes());
    order = new HydrationOrder(chunkCount, hints);
  }

  private static void join(Thread thread) {
    while (true) {
      try {
        thread.join();
        return;
      } catch (InterruptedException _) {
        // Nobody interrupts this thread; and those it waits for end by themselves.
      }
    }
  }

  private void work() {
    long pauseNanos = FIRST_PAUSE_NANOS;
    for (Optional<Run> run = next(); run.isPresent(); run = next()) {
      try {
        bring(run.get());
        pauseNanos = FIRST_PAUSE_NANOS;
      } catch (VolumeException.Corrupt e) {
        corrupt = true;
        LOG.error("a snapshot is damaged; its volume cannot be wholly hydrated", e);
      } catch (VolumeException.Detached e) {
        stopped = true; // the volume was closed
      } catch (VolumeException | RuntimeException e) {
        again(run.get());
        if (stopped) {
          return;
        }
        LOG.warn("hydration waits and tries again chunk={}", run.get().first(), e);
        time.pause(pauseNanos);
        pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
      } finally {
        ended(run.get());
      }
    }
  }

  /// The next chunks to bring; nothing if there is no more to do in this pass. Waits while others
  /// are under way, since they may fail.
  private synchronized Optional<Run> next() {
    while (!stopped) {
      takeAsked();
      long first = order.next(this::isWanted);
      if (first != HydrationOrder.DONE) {
        int count = 1;
        while (count < RUN_CHUNKS && first + count < chunkCount && isWanted(first + count)) {
          count++;
        }
        for (int i = 0; i < count; i++) {
          underWay.add(first + i);
        }
        return Optional.of(new Run(first, count));
      }
      if (underWay.isEmpty()) {
        return Optional.empty();
      }
      try {
        wait();
      } catch (InterruptedException _) {
        // Nobody interrupts these threads; whether to end is asked for above.
      }
    }
    return Optional.empty();
  }

  private boolean isWanted(long chunk) {
    return !underWay.contains(chunk) && !volume.isHere(chunk);
  }

  private synchronized void again(Run run) {
    for (int i = 0; i < run.count(); i++) {
      order.demand(run.first() + i);
    }
  }

  private synchronized void ended(Run run) {
    for (int i = 0; i < run.count(); i++) {
      underWay.remove(run.first() + i);
    }
    notifyAll();
  }

  private void bring(Run run) throws VolumeException {
    int dataChunks = 0;
    for (int i = 0; i < run.count(); i++) {
      dataChunks += source.isZero(run.first() + i) ? 0 : 1;
    }
    if (dataChunks > 0) {
      keepPace((long) dataChunks * ChunkLayout.CHUNK_BYTES);
      source.prefetch(run.first(), run.count());
    }
    try {
      for (int i = 0; i < run.count() && !stopped; i++) {
        volume.hydrate(run.first() + i);
      }
    } finally {
      source.drop(run.first(), run.count());
    }
    broughtBytes.addAndGet((long) dataChunks * ChunkLayout.CHUNK_BYTES);
    if (unflushed.addAndGet(run.count()) >= CHUNKS_PER_FLUSH) {
      unflushed.set(0);
      volume.device().flush();
    }
  }

  private void keepPace(long bytes) {
    pace.ifPresent(rate -> time.pause(rate.take(bytes, time.nanoTime())));
  }
}
