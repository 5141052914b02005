package dev.quarry.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.BlockDeviceContract;
import dev.quarry.block.Durability;
import dev.quarry.block.IoKind;
import dev.quarry.block.MemoryDevice;
import dev.quarry.block.VolumeException;
import dev.quarry.block.ZeroMode;
import dev.quarry.shaping.Exceeded;
import dev.quarry.shaping.ManualTime;
import dev.quarry.shaping.MetricsSnapshot;
import dev.quarry.shaping.Performance;
import dev.quarry.shaping.Throttle;
import dev.quarry.shaping.VolumeMetrics;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

final class MeteredDeviceTest extends BlockDeviceContract {
  private static final long SIZE = 1 << 20;
  private static final long TENTH = 100_000_000; // nanoseconds an I/O takes at 10 IOPS

  private final ManualTime time = new ManualTime(1);
  private final VolumeMetrics metrics = new VolumeMetrics(time);
  private final MemorySegment buffer = MemorySegment.ofArray(new byte[8192]);
  private final BlockDevice behind = MemoryDevice.create(SIZE);
  private final BlockDevice device = new MeteredDevice(behind, metrics);

  @Override
  protected BlockDevice create(long sizeBytes) {
    return new MeteredDevice(MemoryDevice.create(sizeBytes), metrics);
  }

  @Test
  void requests_thatSucceed_areCounted() throws Exception {
    device.read(0, buffer, 0, 4096);
    assertTrue(device.tryRead(0, buffer, 0, 8192));
    assertTrue(device.tryReadHole(4096, 65536));
    device.write(0, buffer, 0, 512, Durability.FORCED);
    assertTrue(device.tryWrite(0, buffer, 0, 512));
    device.zero(0, 1024, ZeroMode.PUNCH, Durability.CACHED);
    device.trim(0, 1 << 19, Durability.CACHED);
    device.flush();
    device.extents(0, SIZE, 1);
    MetricsSnapshot counted = counted();
    assertEquals(3, counted.volumeReadOps());
    assertEquals(4096 + 8192 + 65536, counted.volumeReadBytes());
    assertEquals(4, counted.volumeWriteOps());
    assertEquals(2048, counted.volumeWriteBytes());
    assertEquals(0, counted.inFlight());
  }

  @Test
  void requests_thatAreRefusedOrNotDone_areNotCounted() throws Exception {
    BlockDevice slow = new MeteredDevice(new NeverAtOnce(behind), metrics);
    assertFalse(slow.tryRead(0, buffer, 0, 4096));
    assertFalse(slow.tryWrite(0, buffer, 0, 4096));
    behind.write(0, buffer, 0, 512, Durability.CACHED);
    assertFalse(device.tryReadHole(0, 4096));
    assertThrows(VolumeException.OutOfRange.class, () -> device.read(SIZE, buffer, 0, 1));
    assertThrows(
        VolumeException.OutOfRange.class,
        () -> device.write(SIZE, buffer, 0, 1, Durability.CACHED));
    assertThrows(VolumeException.OutOfRange.class, () -> device.trim(SIZE, 1, Durability.CACHED));
    assertThrows(
        VolumeException.OutOfRange.class,
        () -> device.zero(SIZE, 1, ZeroMode.PUNCH, Durability.CACHED));
    assertThrows(VolumeException.OutOfRange.class, () -> device.tryRead(SIZE, buffer, 0, 1));
    assertThrows(VolumeException.OutOfRange.class, () -> device.tryWrite(SIZE, buffer, 0, 1));
    MetricsSnapshot counted = counted();
    assertEquals(0, counted.volumeReadOps() + counted.volumeWriteOps());
    assertEquals(0, counted.inFlight());
  }

  @Test
  void waitsForLimits_blockingOrAdmitted_countTheSame() throws Exception {
    BlockDevice blocking = limited();
    blocking.read(0, buffer, 0, 4096);
    blocking.read(0, buffer, 0, 4096);
    assertEquals(TENTH, counted().volumeTotalReadNanos());

    BlockDevice server = limited();
    assertEquals(0, server.admit(IoKind.READ, 0, 4096));
    assertEquals(TENTH, server.admit(IoKind.READ, 0, 4096));
    time.pause(TENTH);
    server.admitted().read(0, buffer, 0, 4096);
    server.admitted().read(0, buffer, 0, 4096);
    assertEquals(2 * TENTH, counted().volumeTotalReadNanos());
    assertEquals(4, counted().volumeReadOps());
    assertEquals(0, counted().volumeIdleNanos());
  }

  @Test
  void admitted_withNoLimitsBehind_isTheDeviceItself() {
    assertSame(device, device.admitted());
  }

  private BlockDevice limited() {
    Throttle throttle = Throttle.create(new Performance.Steady(10, 1L << 30), time);
    return new MeteredDevice(new ThrottledDevice(behind, throttle.flow(), time), metrics);
  }

  private MetricsSnapshot counted() {
    return metrics.snapshot(new Exceeded(0, 0));
  }
}
