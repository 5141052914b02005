package dev.quarry.node;

import dev.quarry.block.VolumeException;
import dev.quarry.snapshot.SnapshotSource;
import dev.quarry.volume.ChunkSource;
import dev.quarry.volume.ControlException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.Supplier;

/// The snapshot that a volume was made from, looked up when something of it is first needed. So
/// what is on the local disk is served although the store is out of reach.
///
/// Safe for use by many threads.
final class OriginSource implements ChunkSource {
  private final long volumeBytes;
  private final Supplier<SnapshotSource> lookUp;
  private volatile Optional<SnapshotSource> found = Optional.empty(); // changed under this
  private volatile boolean closed; // changed under this

  /// @param volumeBytes the size of the volume, which is not less than the snapshot's
  /// @param lookUp finds the snapshot; its ControlExceptions say that it cannot be had now
  OriginSource(long volumeBytes, Supplier<SnapshotSource> lookUp) {
    this.volumeBytes = volumeBytes;
    this.lookUp = lookUp;
  }

  /// The snapshot.
  ///
  /// @throws VolumeException.Unavailable if it cannot be had now
  SnapshotSource snapshot() throws VolumeException {
    Optional<SnapshotSource> there = found;
    return there.isPresent() ? there.get() : lookedUp();
  }

  private synchronized SnapshotSource lookedUp() throws VolumeException {
    if (closed) {
      throw new VolumeException.Detached("source is closed");
    }
    if (found.isEmpty()) {
      try {
        found = Optional.of(lookUp.get());
      } catch (ControlException e) {
        throw new VolumeException.Unavailable(
            "the snapshot that a volume was made from cannot be read: " + e.getMessage(), e);
      }
    }
    return found.get();
  }

  /// That of the volume: what lies behind the snapshot's end is zeros.
  @Override
  public long sizeBytes() {
    return volumeBytes;
  }

  @Override
  public int read(long chunk, MemorySegment into, long at) throws VolumeException {
    SnapshotSource snapshot = snapshot();
    return snapshot.isZero(chunk) ? 0 : snapshot.read(chunk, into, at);
  }

  @Override
  public boolean isZero(long chunk) throws VolumeException {
    return snapshot().isZero(chunk);
  }

  @Override
  public void prefetch(long chunk) {
    found.ifPresent(snapshot -> snapshot.prefetch(chunk));
  }

  /// Does not wait for a look-up that is under way; what that finds is never used.
  @Override
  public void close() {
    closed = true;
    found.ifPresent(SnapshotSource::close);
  }
}
