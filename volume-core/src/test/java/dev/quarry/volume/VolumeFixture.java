package dev.quarry.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.DeviceFixture;
import dev.quarry.block.TestBytes;
import dev.quarry.disk.Disk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;

/// A [ChunkedDevice] with snapshots taken of it now and then: whatever happens, what changed since
/// the last one must be found again.
abstract class VolumeFixture implements DeviceFixture {
  private final long sizeBytes;
  private ChunkedDevice device;

  /// What the last committed snapshot holds, and the epoch up to which it does.
  private byte[] committed;

  private long committedEpoch;

  VolumeFixture(long sizeBytes) {
    this.sizeBytes = sizeBytes;
    this.committed = new byte[(int) sizeBytes];
  }

  /// The volume's folder, for the process that runs now.
  abstract Disk folder() throws IOException;

  final void open(boolean machineCrashed) throws IOException {
    device = ChunkedDevice.open(folder(), sizeBytes, new Origin.Empty(), machineCrashed);
  }

  @Override
  public final BlockDevice device() {
    return device;
  }

  @Override
  public final boolean reopen() throws IOException {
    device.closeDurably();
    open(false);
    return true;
  }

  @Override
  public final Optional<Frozen> freeze() throws IOException {
    return Optional.of(new View(device.freeze(committedEpoch)));
  }

  /// Takes a view and checks that it finds all that differs from the last committed snapshot.
  @Override
  public final void check(byte[] contents) throws IOException {
    try (View view = new View(device.freeze(committedEpoch))) {
      view.check(contents);
    }
  }

  /// Reads a view as a snapshot does: unchanged chunks and blocks from the one before.
  private final class View implements Frozen {
    private final FrozenView view;
    private final byte[] parent = committed;

    View(FrozenView view) {
      this.view = view;
    }

    @Override
    public void check(byte[] contents) throws IOException {
      byte[] snapshot = parent.clone();
      long chunks = ChunkLayout.chunkCount(sizeBytes);
      for (long next = view.nextChanged(0); next < chunks; next = view.nextChanged(next + 1)) {
        byte[] chunk = new byte[ChunkLayout.CHUNK_BYTES];
        int length = view.read(next, MemorySegment.ofArray(chunk), 0);
        int start = (int) ChunkLayout.chunkStart(next);
        for (int block = 0; block * ChunkLayout.BLOCK_BYTES < length; block++) {
          int at = block * ChunkLayout.BLOCK_BYTES;
          int end = Math.min(at + ChunkLayout.BLOCK_BYTES, length);
          byte[] now = Arrays.copyOfRange(chunk, at, end);
          if (mayHaveChanged(view.change(next), block)) {
            System.arraycopy(now, 0, snapshot, start + at, now.length);
          }
        }
      }
      assertEquals(-1, TestBytes.firstDifference(contents, snapshot), "a snapshot misses a change");
      commit(snapshot);
    }

    /// A snapshot with this view is the one that the next builds on, unless there is a later one.
    private void commit(byte[] snapshot) throws IOException {
      if (view.epoch() > committedEpoch) {
        committedEpoch = view.epoch();
        committed = snapshot;
        device.rebase(view.epoch()); // after the commit: it may be cut short
      }
    }

    @Override
    public void close() throws IOException {
      view.close();
    }
  }

  private static boolean mayHaveChanged(FrozenView.Change change, int block) {
    return switch (change) {
      case FrozenView.Change.Unchanged() -> false;
      case FrozenView.Change.Blocks(var blocks) -> blocks.contains(block);
      case FrozenView.Change.InDoubt() -> true;
    };
  }
}
