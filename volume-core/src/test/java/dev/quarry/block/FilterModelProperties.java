package dev.quarry.block;

/// A filter that changes nothing must behave as what is behind it.
final class FilterModelProperties extends DeviceModelProperties {
  @Override
  protected DeviceFixture open(long sizeBytes, long seed) {
    BlockDevice device =
        new FilterBlockDevice(MemoryDevice.create(sizeBytes)) {
          @Override
          protected BlockDevice over(BlockDevice next) {
            return next;
          }
        };
    return new DeviceFixture() {
      @Override
      public BlockDevice device() {
        return device;
      }

      @Override
      public void close() throws VolumeException {
        device.close();
      }
    };
  }
}
