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
/// on. Below the cipher there is no plain text: [VolumeData] has these last three, and deciphers
/// for a snapshot what it reads of them.
///
/// Closing goes from what uses to what is used: what brings chunks from a snapshot, then the
/// devices, then the key. Used by one thread at a time.
final class DevicePipeline {
  private final VolumeData data;
  private final Optional<DataKey> key;
  private final Optional<ChunkSource> source; // what is still to be hydrated from
  private Optional<SnapshotOrigins.Hydration> hydration = Optional.empty();

  private DevicePipeline(VolumeData data, Optional<DataKey> key, Optional<ChunkSource> source) {
    this.data = data;
    this.key = key;
    this.source = source;
  }

  /// Opens a volume's devices.
  ///
  /// @param machineCrashed whether the machine went down while the volume was open
  /// @throws ControlException if the volume's key cannot be used
  static DevicePipeline open(
      Disk folder, VolumeRecord record, boolean machineCrashed, Surroundings surroundings)
      throws IOException {
    VolumeKeys keys = surroundings.keys();
    Optional<ChunkSource> source =
        record.hydration().map(_ -> surroundings.origins().source(record));
    Optional<DataKey> key = record.encryption().map(e -> keys.unwrap(record.id(), e));
    try {
      VolumeData data =
          VolumeData.open(
              folder,
              record.sizeBytes(),
              origin(record, source),
              key.map(DataKey::sectorCipher),
              keys.scratch(),
              machineCrashed);
      return new DevicePipeline(data, key, source);
    } catch (IOException | RuntimeException e) {
      key.ifPresent(DataKey::close);
      throw e;
    }
  }

  private static Origin origin(VolumeRecord record, Optional<ChunkSource> source) {
    if (source.isPresent()) {
      return new Origin.Cold(source.get());
    }
    return record.originSnapshot().isPresent() ? new Origin.Hydrated() : new Origin.Empty();
  }

  /// Begins to bring the volume to the local disk, if some of it is not there.
  ///
  /// @param hydrated is run once all of it is
  void hydrate(VolumeRecord record, Surroundings surroundings, Runnable hydrated) {
    hydration = source.map(from -> surroundings.origins().hydrate(record, data, from, hydrated));
  }

  /// Whether it is being brought to the local disk.
  boolean hydrating() {
    return hydration.isPresent();
  }

  /// Tells which key it is encrypted with, if it is.
  Optional<byte[]> keyCheckValue() {
    return key.map(DataKey::checkValue);
  }

  /// The volume's data, behind all limits.
  VolumeData data() {
    return data;
  }

  /// The device with it.
  BlockDevice device() {
    return data.device();
  }

  /// Whether a force failed, so that the volume refuses changes for good.
  boolean failed() {
    return data.failed();
  }

  /// Grows the volume under its clients.
  void grow(long newSizeBytes) throws IOException {
    data.grow(newSizeBytes);
  }

  /// Closes all devices after the requests in flight, with data and marks durable.
  void closeDurably() throws VolumeException {
    try {
      hydration.ifPresent(SnapshotOrigins.Hydration::close);
      data.closeDurably();
    } finally {
      key.ifPresent(DataKey::close);
    }
  }

  /// Closes all devices; makes nothing durable.
  void close() throws VolumeException {
    try {
      hydration.ifPresent(SnapshotOrigins.Hydration::close);
      data.close();
    } finally {
      key.ifPresent(DataKey::close);
    }
  }
}
