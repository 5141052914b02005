package dev.quarry.volume;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.BlockDeviceContract;
import dev.quarry.disk.SimulatedMachine;
import dev.quarry.shaping.ManualTime;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;

/// An encrypted volume through its attachment keeps the contract of devices.
final class EncryptedAttachmentTest extends BlockDeviceContract {
  @TempDir Path folder;

  private final SimulatedMachine machine = SimulatedMachine.create(1);
  private TestKeys keys;
  private int count;

  @Override
  protected long sizeBytes() {
    return 2411 * 512;
  }

  @Override
  protected BlockDevice create(long sizeBytes) throws Exception {
    keys = keys == null ? TestKeys.create(folder) : keys;
    VolumeRecord record =
        VolumeRecordCodecTest.plain("vol-%017x".formatted(count++), sizeBytes)
            .withState(VolumeState.CREATING);
    Host host =
        new Host(InstantSource.system(), new ManualTime(0), new Random(1), machine.bootId());
    Surroundings surroundings = Surroundings.of(host, keys.settings());
    Volume volume = new Volume(new VolumeFolder(machine.disk(), record.id()), surroundings, record);
    volume.create(NewVolume.ofBytes(sizeBytes).encryptedUnder(keys.keyId()));
    return volume.attach(Attacher.THIS_PROCESS).device();
  }

  @Override
  protected void checkNothingIsLeft() {
    if (keys != null) {
      keys.service().close();
    }
    machine.close();
  }
}
