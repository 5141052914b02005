package dev.quarry.block;

final class MemoryDeviceTest extends BlockDeviceContract {
  @Override
  protected BlockDevice create(long sizeBytes) {
    return MemoryDevice.create(sizeBytes);
  }
}
