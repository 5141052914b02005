package dev.quarry.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

final class ReadOnlyDeviceTest {
  private final byte[] contents = TestBytes.pattern(1, 100_001);
  private final BlockDevice behind = MemoryDevice.create(contents.length);
  private final BlockDevice device = new ReadOnlyDevice(behind);

  @BeforeEach
  void fill() throws Exception {
    TestBytes.write(behind, 0, contents);
  }

  @Test
  void read_anyWay_showsTheDeviceBehind() throws Exception {
    assertTrue(device.readOnly());
    assertEquals(contents.length, device.sizeBytes());
    assertArrayEquals(contents, TestBytes.read(device, 0, contents.length));
    byte[] tried = new byte[5000];
    assertTrue(device.tryRead(0, MemorySegment.ofArray(tried), 0, 5000));
    assertArrayEquals(TestBytes.read(behind, 0, 5000), tried);
    assertEquals(behind.extents(0, 100_001, 10), device.extents(0, 100_001, 10));
    device.flush();
  }

  @Test
  void change_anyKind_isRefusedAndHasNoEffect() throws Exception {
    MemorySegment zeros = MemorySegment.ofArray(new byte[4096]);
    for (Durability durability : Durability.values()) {
      refused(() -> device.write(0, zeros, 0, 4096, durability));
      refused(() -> device.trim(0, 4096, durability));
      refused(() -> device.zero(0, 4096, ZeroMode.PUNCH, durability));
      refused(() -> device.zero(0, 4096, ZeroMode.ALLOCATE, durability));
      refused(() -> device.admitted().write(0, zeros, 0, 4096, durability));
    }
    refused(() -> device.tryWrite(0, zeros, 0, 4096));
    assertArrayEquals(contents, TestBytes.read(behind, 0, contents.length));
  }

  @Test
  void close_throughTheFilter_closesTheDeviceBehind() throws Exception {
    device.close();
    assertThrows(VolumeException.Detached.class, behind::flush);
    assertThrows(VolumeException.Detached.class, () -> TestBytes.read(device, 0, 1));
  }

  private static void refused(Executable change) {
    assertThrows(VolumeException.ReadOnly.class, change);
  }
}
