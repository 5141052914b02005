package dev.quarry.volume;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.BlockDeviceContract;
import dev.quarry.block.TestBytes;
import dev.quarry.block.ZeroMode;
import dev.quarry.disk.Disk;
import dev.quarry.disk.PosixDisk;
import dev.quarry.disk.SimulatedMachine;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
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

    @Test
    void tryReadHole_chunkThatChanged_saysNo() throws Exception {
      try (BlockDevice device = create(3L * ChunkLayout.CHUNK_BYTES)) {
        assertTrue(device.tryReadHole(0, device.sizeBytes()));
        TestBytes.write(device, ChunkLayout.CHUNK_BYTES, new byte[1]);
        assertTrue(device.tryReadHole(0, ChunkLayout.CHUNK_BYTES));
        assertFalse(device.tryReadHole(0, ChunkLayout.CHUNK_BYTES + 1));
        assertTrue(device.tryReadHole(2L * ChunkLayout.CHUNK_BYTES, ChunkLayout.CHUNK_BYTES));
      }
    }

    @Test
    void zeroesFast_viewOpen_saysNo() throws Exception {
      try (ChunkedDevice device = (ChunkedDevice) create(ChunkLayout.CHUNK_BYTES)) {
        assertTrue(device.zeroesFast(1, 10_000, ZeroMode.ALLOCATE));
        try (FrozenView _ = device.freeze(0)) {
          assertFalse(device.zeroesFast(1, 10_000, ZeroMode.ALLOCATE));
        }
        assertTrue(device.zeroesFast(1, 10_000, ZeroMode.PUNCH));
      }
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
