package dev.quarry.volume;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.BlockDeviceContract;
import dev.quarry.disk.SimulatedMachine;
import java.time.InstantSource;
import java.util.Random;

/// A volume through its attachment keeps the contract of devices.
final class AttachedDeviceTest extends BlockDeviceContract {
  private final SimulatedMachine machine = SimulatedMachine.create(1);
  private int count;

  @Override
  protected long sizeBytes() {
    return 2411 * 512;
  }

  @Override
  protected BlockDevice create(long sizeBytes) throws Exception {
    VolumeRecord record =
        VolumeRecordCodecTest.plain("vol-%017x".formatted(count++))
            .withState(VolumeState.CREATING)
            .withSizeBytes(sizeBytes);
    Host host = new Host(InstantSource.system(), new Random(1), machine.bootId());
    Volume volume = new Volume(new VolumeFolder(machine.disk(), record.id()), host, record);
    volume.create();
    return volume.attach().device();
  }

  @Override
  protected void checkNothingIsLeft() {
    machine.close();
  }
}
