package dev.quarry.snapshot;

import dev.quarry.volume.ChunkLayout;
import dev.quarry.volume.ChunkSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Restores snapshots in both ways.
final class Restores {
  private Restores() {}

  static byte[] whole(SnapshotReader reader) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      new SnapshotExport(reader, new ProgressMeter(Samples.CLOCK)).toStream(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static byte[] byChunks(ChunkSource source) throws IOException {
    byte[] bytes = new byte[(int) source.sizeBytes()];
    byte[] chunk = new byte[ChunkLayout.CHUNK_BYTES];
    for (long i = ChunkLayout.chunkCount(bytes.length) - 1; i >= 0; i--) {
      int start = (int) i * ChunkLayout.CHUNK_BYTES;
      if (i % 2 == 0) {
        source.prefetch(i);
      }
      if (!source.isZero(i)) {
        int length = source.read(i, MemorySegment.ofArray(chunk), 0);
        MemorySegment.copy(
            MemorySegment.ofArray(chunk), ValueLayout.JAVA_BYTE, 0, bytes, start, length);
      }
    }
    return bytes;
  }
}
