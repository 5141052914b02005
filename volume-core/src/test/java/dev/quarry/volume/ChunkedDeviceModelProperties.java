package dev.quarry.volume;

import dev.quarry.block.DeviceFixture;
import dev.quarry.block.DeviceModelProperties;

/// The file-backed device under the model, with crashes in any step of the disk and snapshots.
final class ChunkedDeviceModelProperties extends DeviceModelProperties {
  @Override
  protected DeviceFixture open(long sizeBytes, long seed) throws Exception {
    return new SimulatedVolume(seed, sizeBytes);
  }
}
