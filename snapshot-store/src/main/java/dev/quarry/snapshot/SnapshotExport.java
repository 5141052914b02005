package dev.quarry.snapshot;

import dev.quarry.volume.ChunkLayout;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Restores a whole snapshot, from its beginning to its end, with few large requests.
///
/// Frames that lie near each other in a pack are got together. Memory: the frames of 64 chunks and
/// the gaps between them. One export at a time; its progress may be asked for by any thread.
public final class SnapshotExport {
  private static final int WINDOW_CHUNKS = 64;

  /// How many requests are under way side by side.
  private static final int REQUESTS = 8;

  /// Takes the bytes of a snapshot.
  interface Target {
    /// Takes `length` bytes, at ascending offsets; what is not written reads as zeros.
    void write(long offset, byte[] bytes, int length) throws IOException;

    /// Is told that all has been written.
    void finish(long sizeBytes) throws IOException;
  }

  private final SnapshotReader reader;
  private final ProgressMeter meter;
  private final StopFlag stop = new StopFlag();
  private final FrameBatch batch;

  SnapshotExport(SnapshotReader reader, ProgressMeter meter) {
    this.reader = reader;
    this.meter = meter;
    this.batch = new FrameBatch(reader.frames(), REQUESTS);
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
    try {
      reader.leaves(leaf -> uncheckedLeaf(leaf, target));
    } catch (TargetFailure e) {
      throw e.why;
    } catch (SnapshotException.Corrupt e) {
      throw e.of(root.about().id());
    }
    target.finish(root.about().sizeBytes());
  }

  /// Carries an IOException of the target out of the walk.
  private static final class TargetFailure extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final IOException why;

    TargetFailure(IOException why) {
      super(why);
      this.why = why;
    }
  }

  private void uncheckedLeaf(LeafPage leaf, Target target) {
    try {
      for (int slot = 0; slot < ManifestLayout.FANOUT; slot += WINDOW_CHUNKS) {
        window(leaf, slot, target);
      }
    } catch (IOException e) {
      throw new TargetFailure(e);
    }
  }

  private void window(LeafPage leaf, int firstSlot, Target target) throws IOException {
    stop.check();
    List<FrameRef> refs = new ArrayList<>();
    for (ChunkEntry entry : leaf.entries().subList(firstSlot, firstSlot + WINDOW_CHUNKS)) {
      if (entry instanceof ChunkEntry.Framed(List<FrameRef> frames)) {
        refs.addAll(frames);
      }
    }
    Map<FrameRef, byte[]> contents = batch.fetch(refs);
    byte[] chunk = new byte[ChunkLayout.CHUNK_BYTES];
    for (int slot = firstSlot; slot < firstSlot + WINDOW_CHUNKS; slot++) {
      if (leaf.entries().get(slot) instanceof ChunkEntry.Framed(List<FrameRef> frames)) {
        ChunkFetcher.assemble(frames, frames.stream().map(contents::get).toList(), chunk);
        put(ManifestLayout.firstLeaf(leaf.index(), 1) + slot, chunk, target);
      }
    }
  }

  private void put(long index, byte[] chunk, Target target) throws IOException {
    long offset = index * ChunkLayout.CHUNK_BYTES;
    long length = Math.min(chunk.length, reader.root().about().sizeBytes() - offset);
    target.write(offset, chunk, (int) length);
    meter.done(length);
  }
}
