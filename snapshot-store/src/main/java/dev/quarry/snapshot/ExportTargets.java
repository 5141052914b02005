package dev.quarry.snapshot;

import dev.quarry.volume.BlockMask;
import dev.quarry.volume.ChunkLayout;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// Where snapshots are exported to.
final class ExportTargets {
  private ExportTargets() {}

  /// An empty file, which is left sparse: blocks of zeros take no space.
  static SnapshotExport.Target file(FileChannel file) {
    return new SnapshotExport.Target() {
      @Override
      public boolean inOrder() {
        return false;
      }

      @Override
      public void write(long offset, byte[] chunk, int length) throws IOException {
        BlockMask data = Blocks.nonZero(chunk);
        for (int from = data.next(0); from < ChunkLayout.BLOCKS_PER_CHUNK; ) {
          int to = data.nextAbsent(from);
          int start = from * ChunkLayout.BLOCK_BYTES;
          int end = Math.min(to * ChunkLayout.BLOCK_BYTES, length);
          writeFully(file, offset + start, ByteBuffer.wrap(chunk, start, Math.max(0, end - start)));
          from = data.next(to);
        }
      }

      @Override
      public void finish(long sizeBytes) throws IOException {
        if (file.size() < sizeBytes) {
          writeFully(file, sizeBytes - 1, ByteBuffer.allocate(1));
        }
        file.force(true);
      }
    };
  }

  /// A stream, which gets every byte.
  static SnapshotExport.Target stream(OutputStream out) {
    return new SnapshotExport.Target() {
      private final byte[] zeros = new byte[ChunkLayout.CHUNK_BYTES];
      private long at;

      @Override
      public boolean inOrder() {
        return true;
      }

      @Override
      public void write(long offset, byte[] chunk, int length) throws IOException {
        skipTo(offset);
        out.write(chunk, 0, length);
        at += length;
      }

      @Override
      public void finish(long sizeBytes) throws IOException {
        skipTo(sizeBytes);
        out.flush();
      }

      private void skipTo(long offset) throws IOException {
        while (at < offset) {
          int step = (int) Math.min(zeros.length, offset - at);
          out.write(zeros, 0, step);
          at += step;
        }
      }
    };
  }

  private static void writeFully(FileChannel file, long offset, ByteBuffer bytes)
      throws IOException {
    long at = offset;
    while (bytes.hasRemaining()) {
      at += file.write(bytes, at);
    }
  }
}
