package dev.quarry.node;

import dev.quarry.block.VolumeException;
import dev.quarry.snapshot.Hydrator;
import dev.quarry.snapshot.Progress;
import dev.quarry.snapshot.SnapshotSource;
import dev.quarry.volume.SnapshotOrigins;
import dev.quarry.volume.VolumeData;
import dev.quarry.volume.VolumeRecord;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings one volume to the local disk: waits until its snapshot can be had, then hydrates from it.
///
/// Safe for use by many threads.
final class VolumeHydration implements SnapshotOrigins.Hydration {
  private static final Logger LOG = LoggerFactory.getLogger(VolumeHydration.class);
  private static final long RETRY_NANOS = 5_000_000_000L;
  private static final long LOOK_NANOS = 100_000_000;
  private static final int MIB = 1 << 20;

  private final VolumeRecord volume;
  private final VolumeData data;
  private final OriginSource source;
  private final NodeTime time;
  private final Runnable ended;
  private final Thread waiting;
  private Optional<Hydrator> hydrator = Optional.empty(); // guarded by this
  private volatile boolean stopped; // changed under this

  /// @param hydrated is run once all of it is there
  /// @param ended is run when this is closed
  VolumeHydration(
      VolumeRecord volume,
      VolumeData data,
      OriginSource source,
      NodeTime time,
      Runnable hydrated,
      Runnable ended) {
    this.volume = volume;
    this.data = data;
    this.source = source;
    this.time = time;
    this.ended = ended;
    this.waiting =
        Thread.ofVirtual().name("hydration-" + volume.id()).unstarted(() -> begin(hydrated));
  }

  void start() {
    waiting.start();
  }

  /// How far it is, once its snapshot could be had.
  synchronized Optional<Progress> progress() {
    return hydrator.map(Hydrator::progress);
  }

  /// Whether something of the snapshot is damaged, so that it cannot complete.
  synchronized boolean failed() {
    return hydrator.filter(Hydrator::foundCorruption).isPresent();
  }

  private void begin(Runnable hydrated) {
    while (!stopped) {
      try {
        begin(source.snapshot(), hydrated);
        return;
      } catch (VolumeException e) {
        LOG.atWarn()
            .setMessage("volume cannot be brought to the local disk now, tries again")
            .addKeyValue("volume", volume.id())
            .setCause(e)
            .log();
        long until = time.nanoTime() + RETRY_NANOS;
        while (!stopped && !time.hasEnded() && until - time.nanoTime() > 0) {
          time.pause(LOOK_NANOS);
        }
        if (time.hasEnded()) {
          return;
        }
      }
    }
  }

  private synchronized void begin(SnapshotSource snapshot, Runnable hydrated) {
    if (stopped) {
      return;
    }
    OptionalLong rate =
        volume.hydration().stream()
            .flatMapToInt(h -> h.mibps().stream())
            .mapToLong(mibps -> (long) mibps * MIB)
            .findFirst();
    Hydrator begun = new Hydrator(data, snapshot, rate, time, hydrated);
    begun.start();
    hydrator = Optional.of(begun);
  }

  /// Asks for it to end, and does not wait.
  synchronized void stop() {
    stopped = true;
    hydrator.ifPresent(Hydrator::stop);
  }

  @Override
  public void close() {
    Optional<Hydrator> begun;
    synchronized (this) {
      stop();
      begun = hydrator;
    }
    begun.ifPresent(Hydrator::close);
    ended.run();
  }
}
