package dev.quarry.node;

import dev.quarry.snapshot.PendingSnapshot;
import dev.quarry.snapshot.SnapshotService;
import dev.quarry.volume.ChunkLayout;
import dev.quarry.volume.ControlException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Contents from elsewhere that a snapshot is made of, opened.
///
/// @param input the file or the stream
/// @param sizeBytes how much of it
record SnapshotImport(ReadableByteChannel input, long sizeBytes) {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotImport.class);
  private static final int SECTOR = 512;

  /// @param asked how much there is; needed for a stream
  /// @throws ControlException.Invalid if it cannot be opened, or its size is none a volume can have
  static SnapshotImport open(SnapshotPort from, Optional<Long> asked) {
    return switch (from) {
      case SnapshotPort.LocalFile file -> {
        FileChannel channel = file.read();
        SnapshotImport opened =
            new SnapshotImport(channel, asked.orElseGet(() -> sizeOf(channel, file)));
        yield opened.checked();
      }
      case SnapshotPort.Stream stream -> {
        long size = asked.orElseThrow(() -> Parameters.missing("sizeBytes"));
        check(size); // before the other end waits for us
        yield new SnapshotImport(stream.connect(), size);
      }
    };
  }

  private static long sizeOf(FileChannel channel, SnapshotPort.LocalFile file) {
    try {
      return channel.size();
    } catch (IOException e) {
      throw new ControlException.Invalid(
          "InvalidParameterValue", "%s cannot be read: %s".formatted(file.path(), e));
    }
  }

  private SnapshotImport checked() {
    try {
      check(sizeBytes);
      return this;
    } catch (ControlException e) {
      close();
      throw e;
    }
  }

  private static void check(long size) {
    if (size < SECTOR || size % SECTOR != 0 || size > ChunkLayout.MAX_VOLUME_BYTES) {
      throw new ControlException.Invalid(
          "InvalidParameterValue",
          "%d bytes cannot be a volume's contents; it must be whole sectors of 512 bytes, 1 to 64 TiB"
                  .formatted(size)
              + " of them. `truncate --size=%512 FILE` makes a file longer.");
    }
  }

  PendingSnapshot begin(SnapshotService service, UUID lineage, SnapshotService.ImportAbout about) {
    return input instanceof FileChannel file
        ? service.importFile(lineage, file, sizeBytes, about)
        : service.importStream(lineage, input, sizeBytes, about);
  }

  void close() {
    try {
      input.close();
    } catch (IOException e) {
      LOG.atWarn().setMessage("what was imported cannot be closed").setCause(e).log();
    }
  }
}
