package dev.quarry.volume;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.VolumeException;
import dev.quarry.crypto.DataKey;
import dev.quarry.disk.Disk;
import java.io.IOException;
import java.util.Optional;

/// The devices of an open volume, one in front of the other. With what [Shaping] puts in front of
/// them for each attachment, their order is, from the client's side to the disk's:
///
/// **metered → throttled → encrypted → chunked → file**
///
/// Metering sees what the client sees, waits included. A limit is charged before anything is worked
/// on. Below the cipher there is no plain text, so that the file, what a snapshot reads and what it
/// uploads are all enciphered by one key.
final class DevicePipeline {
  private final ChunkedDevice chunked;
  private final Optional<DataKey> key;
  private final BlockDevice data;

  private DevicePipeline(ChunkedDevice chunked, Optional<DataKey> key, BlockDevice data) {
    this.chunked = chunked;
    this.key = key;
    this.data = data;
  }

  /// Opens a volume's devices.
  ///
  /// @param machineCrashed whether the machine went down while the volume was open
  /// @throws ControlException if the volume's key cannot be used
  static DevicePipeline open(
      Disk folder, VolumeRecord record, boolean machineCrashed, VolumeKeys keys)
      throws IOException {
    Optional<DataKey> key = record.encryption().map(e -> keys.unwrap(record.id(), e));
    try {
      ChunkedDevice chunked =
          ChunkedDevice.open(folder, record.sizeBytes(), new Origin.Empty(), machineCrashed);
      BlockDevice data = key.<BlockDevice>map(k -> keys.encipher(chunked, k)).orElse(chunked);
      return new DevicePipeline(chunked, key, data);
    } catch (IOException | RuntimeException e) {
      key.ifPresent(DataKey::close);
      throw e;
    }
  }

  /// The volume's data, behind all limits.
  BlockDevice data() {
    return data;
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
    try {
      chunked.closeDurably();
    } finally {
      key.ifPresent(DataKey::close);
    }
  }

  /// Closes all devices; makes nothing durable.
  void close() throws VolumeException {
    try {
      data.close();
    } finally {
      key.ifPresent(DataKey::close);
    }
  }
}
