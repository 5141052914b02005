package dev.quarry.snapshot;

import dev.quarry.block.VolumeException;
import dev.quarry.posix.Priority;
import dev.quarry.volume.ChunkLayout;
import dev.quarry.volume.FrozenView;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.Function;

/// Packs the changes of leaves on several threads, and gives the new leaves out in their order.
///
/// At most twice as many leaves as there are threads are begun and not given out yet. A snapshot of
/// a few chunks is packed by the calling thread: its frames go into the same pack as the pages that
/// thread writes, and neither waits for the other.
final class LeafPackers implements AutoCloseable {
  private final int mostBegun;
  private final Optional<ExecutorService> executor;
  private final List<Packer> packers = new ArrayList<>();
  private final Queue<Packer> idle = new ConcurrentLinkedQueue<>();
  private final ProgressMeter meter;
  private final StopFlag stop;
  private volatile boolean closed;

  private record Packer(ChunkPacker chunks, FramePacker frames) {}

  /// @param threads how many pack, unless frames go where the caller's do
  /// @param shared where the caller's frames go, if the frames of chunks are to go there too
  /// @param packerOf makes what packs chunks into frames
  LeafPackers(
      int threads,
      Optional<FramePacker> shared,
      Function<FramePacker, ChunkPacker> packerOf,
      PackUploads uploads,
      ProgressMeter meter,
      StopFlag stop) {
    this.mostBegun = shared.isPresent() ? 1 : 2 * threads;
    this.meter = meter;
    this.stop = stop;
    for (int i = 0; i < (shared.isPresent() ? 1 : threads); i++) {
      FramePacker frames = shared.orElseGet(() -> new FramePacker(uploads, PackKind.DATA));
      packers.add(new Packer(packerOf.apply(frames), frames));
    }
    idle.addAll(packers);
    Thread.Builder builder = Thread.ofPlatform().daemon().name("snapshot-packer-", 0);
    this.executor =
        shared.isPresent()
            ? Optional.empty()
            : Optional.of(
                Executors.newFixedThreadPool(
                    threads, work -> builder.unstarted(Priority.background(work))));
  }

  /// Packs all changes of a view.
  ///
  /// @param all whether leaves of the parent without changes are given out too
  /// @param into takes the leaves in ascending order, on the calling thread
  void run(FrozenView view, ParentLeaves parent, boolean all, Consumer<LeafPage> into)
      throws VolumeException {
    Queue<Future<LeafPage>> begun = new ArrayDeque<>();
    long leaf = next(view, parent, all, 0);
    while (leaf != Long.MAX_VALUE || !begun.isEmpty()) {
      while (leaf != Long.MAX_VALUE && begun.size() < mostBegun) {
        long index = leaf;
        FutureTask<LeafPage> packed = new FutureTask<>(() -> pack(view, parent, index));
        executor.ifPresentOrElse(threads -> threads.execute(packed), packed);
        begun.add(packed);
        leaf = next(view, parent, all, leaf + 1);
      }
      LeafPage done = result(begun.remove());
      into.accept(done);
      view.release(ManifestLayout.firstLeaf(done.index() + 1, 1));
    }
  }

  /// Lets go of the packs that are being filled.
  void flush() {
    packers.forEach(packer -> packer.frames.flush());
  }

  /// Bytes of frames before compression.
  long plainBytes() {
    return packers.stream().mapToLong(packer -> packer.frames.plainBytes()).sum();
  }

  /// Waits for the threads, and drops what was not flushed.
  @Override
  public void close() {
    closed = true;
    executor.ifPresent(ExecutorService::close);
    packers.forEach(packer -> packer.frames.drop());
  }

  private static long next(FrozenView view, ParentLeaves parent, boolean all, long leaf)
      throws VolumeException {
    long changed = ChangedLeaves.next(view, leaf);
    return all ? Math.min(changed, parent.next(leaf)) : changed;
  }

  private LeafPage pack(FrozenView view, ParentLeaves parent, long index) throws VolumeException {
    Packer packer = idle.remove(); // there are as many as threads
    try {
      LeafPage before = parent.at(index);
      List<ChunkEntry> entries = new ArrayList<>(before.entries());
      long first = ManifestLayout.firstLeaf(index, 1);
      long end =
          Math.min(
              ManifestLayout.firstLeaf(index + 1, 1), ChunkLayout.chunkCount(view.sizeBytes()));
      for (long chunk = view.nextChanged(first); chunk < end; chunk = view.nextChanged(chunk + 1)) {
        stop.check();
        if (closed) {
          throw new SnapshotException.Cancelled("nobody waits for it");
        }
        int slot = ManifestLayout.slotInLeaf(chunk);
        entries.set(slot, packer.chunks.pack(chunk, entries.get(slot)));
        meter.done(ChunkLayout.CHUNK_BYTES);
      }
      return new LeafPage(index, entries);
    } finally {
      idle.add(packer);
    }
  }

  private static LeafPage result(Future<LeafPage> future) throws VolumeException {
    try {
      return Futures.get(future);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case VolumeException volume -> throw volume;
        case SnapshotException snapshot -> throw snapshot;
        default -> throw new IllegalStateException("packing a leaf failed", e.getCause());
      }
    }
  }
}
