package dev.quarry.volume;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.BlockDeviceContract;
import dev.quarry.disk.Disk;
import dev.quarry.disk.PosixDisk;
import dev.quarry.disk.SimulatedMachine;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/// The contract of block devices, kept on a real disk and on a simulated one.
final class ChunkedDeviceTest {

  @Nested
  final class OnARealDisk extends BlockDeviceContract {
    @TempDir Path folder;

    @Override
    protected BlockDevice create(long sizeBytes) throws Exception {
      Disk disk = PosixDisk.open(folder.resolve("volume" + System.nanoTime()));
      return ChunkedDevice.open(disk, sizeBytes, new Origin.Empty(), false);
    }
  }

  @Nested
  final class OnASimulatedDisk extends BlockDeviceContract {
    private final SimulatedMachine machine = SimulatedMachine.create(1);
    private int count;

    @Override
    protected BlockDevice create(long sizeBytes) throws Exception {
      return ChunkedDevice.open(
          machine.disk().folder("volume" + count++), sizeBytes, new Origin.Empty(), false);
    }

    @Override
    protected void checkNothingIsLeft() {
      machine.close();
    }
  }
}
