package dev.quarry.snapshot;

import dev.quarry.volume.ChunkLayout;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;

/// Restores a whole snapshot, from its beginning to its end, with few large requests.
///
/// Several threads get, open and decompress a window of chunks each. Into a file they write it as
/// well; a stream gets the windows in their order. Memory: 13 MiB for each window that is under
/// way, at most, 80 MiB in all. One export at a time; its progress may be asked for by any thread.
public final class SnapshotExport {
  private static final int THREADS = 4;

  /// How many windows are under way, or wait to be written into a stream.
  private static final int WINDOWS = THREADS + 2;

  private static final int WINDOW_CHUNKS = 16;

  private static final int MAX_RUN_BYTES = 4 * 1024 * 1024;

  /// How many requests are under way side by side.
  private static final int REQUESTS = 8;

  /// Takes the bytes of a snapshot.
  interface Target {
    /// Whether [#write] has to be called at ascending offsets, by one thread at a time.
    boolean inOrder();

    /// Takes the first `length` bytes of a chunk; what is not written reads as zeros.
    void write(long offset, byte[] chunk, int length) throws IOException;

    /// Is told that all has been written.
    void finish(long sizeBytes) throws IOException;
  }

  private final SnapshotReader reader;
  private final ProgressMeter meter;
  private final StopFlag stop = new StopFlag();
  private final ChunkFetcher chunks;
  private final Deque<List<byte[]>> buffers = new ConcurrentLinkedDeque<>();

  SnapshotExport(SnapshotReader reader, ProgressMeter meter) {
    this.reader = reader;
    this.meter = meter;
    this.chunks = new ChunkFetcher(reader.frames(), MAX_RUN_BYTES, REQUESTS);
  }

  /// Writes a raw image, sparse, into an empty file, and forces it.
  ///
  /// @throws IOException if the file cannot be written
  /// @throws SnapshotException if the snapshot cannot be read, or the export was cancelled
  public void toFile(FileChannel file) throws IOException {
    run(ExportTargets.file(file));
  }

  /// Writes a raw image, every byte of it, into a stream, and flushes it.
  ///
  /// @throws IOException if the stream cannot be written
  /// @throws SnapshotException if the snapshot cannot be read, or the export was cancelled
  public void toStream(OutputStream out) throws IOException {
    run(ExportTargets.stream(out));
  }

  /// How far it is.
  public Progress progress() {
    return meter.now();
  }

  /// Asks for it to end; what was written by then stays.
  public void cancel() {
    stop.stop();
  }

  private void run(Target target) throws IOException {
    SnapshotRoot root = reader.root();
    meter.expect(root.counts().dataChunks(), () -> 0);
    Queue<FutureTask<Window>> begun = new ArrayDeque<>();
    try (ExecutorService threads =
        Executors.newFixedThreadPool(
            THREADS, Thread.ofPlatform().daemon().name("snapshot-export-", 0).factory())) {
      try {
        reader.leaves(leaf -> begin(leaf, target, threads, begun));
        while (!begun.isEmpty()) {
          finish(begun.remove(), target);
        }
      } catch (RuntimeException | Error e) {
        begun.forEach(window -> window.cancel(false)); // those that have not begun
        throw e;
      }
    } catch (TargetFailure e) {
      throw e.why;
    } catch (SnapshotException.Corrupt e) {
      throw e.of(root.about().id());
    }
    target.finish(root.about().sizeBytes());
  }

  /// Chunks that were read together.
  ///
  /// @param indexes those that have data
  /// @param contents what they have; lent
  private record Window(List<Long> indexes, List<byte[]> contents) {}

  /// Carries an IOException of the target out of the walk.
  private static final class TargetFailure extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final IOException why;

    TargetFailure(IOException why) {
      super(why);
      this.why = why;
    }
  }

  private void begin(
      LeafPage leaf, Target target, ExecutorService threads, Queue<FutureTask<Window>> begun) {
    for (int slot = 0; slot < ManifestLayout.FANOUT; slot += WINDOW_CHUNKS) {
      stop.check();
      int first = slot;
      if (begun.size() == WINDOWS) {
        finish(begun.remove(), target);
      }
      FutureTask<Window> window = new FutureTask<>(() -> window(leaf, first, target));
      begun.add(window);
      threads.execute(window);
    }
  }

  private void finish(FutureTask<Window> begun, Target target) {
    Window window = Futures.results(List.of(begun)).getFirst();
    if (target.inOrder()) {
      put(window, target);
    }
    buffers.push(window.contents);
  }

  private Window window(LeafPage leaf, int firstSlot, Target target) {
    stop.check();
    List<Long> indexes = new ArrayList<>();
    List<List<FrameRef>> frames = new ArrayList<>();
    for (int slot = firstSlot; slot < firstSlot + WINDOW_CHUNKS; slot++) {
      if (leaf.entries().get(slot) instanceof ChunkEntry.Framed(List<FrameRef> refs)) {
        indexes.add(ManifestLayout.firstLeaf(leaf.index(), 1) + slot);
        frames.add(refs);
      }
    }
    List<byte[]> contents = Optional.ofNullable(buffers.poll()).orElseGet(ArrayList::new);
    while (contents.size() < frames.size()) {
      contents.add(new byte[ChunkLayout.CHUNK_BYTES]);
    }
    chunks.fetch(frames, contents);
    Window window = new Window(indexes, contents);
    if (!target.inOrder()) {
      put(window, target);
    }
    return window;
  }

  private void put(Window window, Target target) {
    for (int i = 0; i < window.indexes.size(); i++) {
      long offset = window.indexes.get(i) * ChunkLayout.CHUNK_BYTES;
      byte[] chunk = window.contents.get(i);
      long length = Math.min(chunk.length, reader.root().about().sizeBytes() - offset);
      try {
        target.write(offset, chunk, (int) length);
      } catch (IOException e) {
        throw new TargetFailure(e);
      }
      meter.done(length);
    }
  }
}
