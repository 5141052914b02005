package dev.quarry.volume;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.BlockDeviceContract;
import dev.quarry.disk.SimulatedMachine;
import dev.quarry.shaping.ManualTime;
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
        VolumeRecordCodecTest.plain("vol-%017x".formatted(count++), sizeBytes)
            .withState(VolumeState.CREATING);
    Host host =
        new Host(InstantSource.system(), new ManualTime(0), new Random(1), machine.bootId());
    Surroundings surroundings = Surroundings.of(host, CatalogueSettings.standard());
    Volume volume = new Volume(new VolumeFolder(machine.disk(), record.id()), surroundings, record);
    volume.create(NewVolume.ofBytes(sizeBytes));
    return volume.attach(Attacher.THIS_PROCESS).device();
  }

  @Override
  protected void checkNothingIsLeft() {
    machine.close();
  }
}
