package dev.quarry.block;

final class MemoryDeviceModelProperties extends DeviceModelProperties {
  @Override
  protected DeviceFixture open(long sizeBytes, long seed) {
    MemoryDevice device = MemoryDevice.create(sizeBytes);
    return new DeviceFixture() {
      @Override
      public BlockDevice device() {
        return device;
      }

      @Override
      public void close() {
        device.close();
      }
    };
  }
}
