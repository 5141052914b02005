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
import dev.quarry.shaping.ManualTime;
import dev.quarry.shaping.Performance;
import dev.quarry.shaping.Throttle;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ThrottledDeviceTest extends BlockDeviceContract {
  private static final long SIZE = 1 << 20;
  private static final long TENTH = 100_000_000; // nanoseconds an I/O takes at 10 IOPS

  private final ManualTime time = new ManualTime(1);
  private final MemorySegment buffer = MemorySegment.ofArray(new byte[4096]);
  private final BlockDevice behind = MemoryDevice.create(SIZE);
  private final Throttle throttle = tenIops();
  private final BlockDevice device = new ThrottledDevice(behind, throttle.flow(), time);

  @Override
  protected BlockDevice create(long sizeBytes) {
    return new ThrottledDevice(MemoryDevice.create(sizeBytes), tenIops().flow(), time);
  }

  @Test
  void blockingRequest_beyondTheLimit_waitsForIt() throws Exception {
    long start = time.nanoTime();
    device.read(0, buffer, 0, 4096);
    assertEquals(start, time.nanoTime());
    device.write(0, buffer, 0, 4096, Durability.CACHED);
    assertEquals(start + TENTH, time.nanoTime());
    device.zero(0, 4096, ZeroMode.PUNCH, Durability.CACHED);
    assertEquals(start + 2 * TENTH, time.nanoTime());
    device.trim(0, 4096, Durability.CACHED);
    assertEquals(start + 3 * TENTH, time.nanoTime());
  }

  @Test
  void flushExtentsAndPrefetch_atAnyTime_areNotCharged() throws Exception {
    device.read(0, buffer, 0, 4096);
    long start = time.nanoTime();
    for (int i = 0; i < 10; i++) {
      device.flush();
      device.extents(0, SIZE, 10);
      device.prefetch(0, 4096);
    }
    assertEquals(start, time.nanoTime());
    assertEquals(TENTH, device.admit(IoKind.READ, 0, 4096));
  }

  @Test
  void admit_thenCarriedOutBehindTheLimits_isChargedOnce() throws Exception {
    long start = time.nanoTime();
    assertSame(behind, device.admitted());
    assertEquals(0, device.admit(IoKind.READ, 0, 4096));
    assertEquals(TENTH, device.admit(IoKind.READ, 0, 4096));
    time.pause(TENTH);
    device.admitted().read(0, buffer, 0, 4096);
    assertTrue(device.admitted().tryRead(0, buffer, 0, 4096));
    assertEquals(start + TENTH, time.nanoTime());
    assertEquals(TENTH, device.admit(IoKind.READ, 0, 4096));
  }

  @Test
  void tryReadHole_anyTime_isChargedAsARead() throws Exception {
    assertTrue(device.tryReadHole(0, 4096));
    assertFalse(device.tryReadHole(0, 4096));
    assertEquals(TENTH, device.admit(IoKind.READ, 0, 4096));
  }

  @Test
  void tryRequest_beyondTheLimit_saysNoAndIsNotCharged() throws Exception {
    assertTrue(device.tryRead(0, buffer, 0, 4096));
    for (int i = 0; i < 10; i++) {
      assertFalse(device.tryRead(0, buffer, 0, 4096));
      assertFalse(device.tryWrite(0, buffer, 0, 4096));
    }
    time.pause(TENTH);
    assertTrue(device.tryWrite(0, buffer, 0, 4096));
    assertFalse(device.tryWrite(0, buffer, 0, 4096));
  }

  @Test
  void tryRequest_thatTheDeviceBehindDoesNotDo_isNotCharged() throws Exception {
    BlockDevice slow = new ThrottledDevice(new NeverAtOnce(behind), tenIops().flow(), time);
    for (int i = 0; i < 10; i++) {
      assertFalse(slow.tryRead(0, buffer, 0, 4096));
      assertFalse(slow.tryWrite(0, buffer, 0, 4096));
    }
    assertEquals(0, slow.admit(IoKind.READ, 0, 4096));
  }

  @Test
  void requestPastTheEnd_anyWay_isRefusedAndNotCharged() {
    for (int i = 0; i < 10; i++) {
      assertThrows(VolumeException.OutOfRange.class, () -> device.read(SIZE - 1, buffer, 0, 4096));
      assertThrows(
          VolumeException.OutOfRange.class,
          () -> device.trim(1, Long.MAX_VALUE, Durability.CACHED));
      assertThrows(
          VolumeException.OutOfRange.class, () -> device.tryRead(SIZE - 1, buffer, 0, 4096));
      assertEquals(0, device.admit(IoKind.WRITE, SIZE, 1));
      assertEquals(0, device.admit(IoKind.WRITE, -1, Long.MIN_VALUE));
    }
    assertEquals(1, time.nanoTime());
    assertEquals(0, device.admit(IoKind.READ, 0, 4096));
  }

  @Test
  void twoDevices_ofOneVolume_shareItsLimit() throws Exception {
    BlockDevice other = new ThrottledDevice(behind, throttle.flow(), time);
    device.read(0, buffer, 0, 4096);
    other.read(0, buffer, 0, 4096);
    assertEquals(1 + TENTH, time.nanoTime());
    assertFalse(device.tryRead(0, buffer, 0, 4096));
  }

  @Test
  void limitsOneBehindTheOther_areBothCharged() throws Exception {
    Throttle slower = Throttle.create(new Performance.Steady(5, 1 << 20), time);
    BlockDevice both = new ThrottledDevice(device, slower.flow(), time);
    assertEquals(0, both.admit(IoKind.READ, 0, 4096));
    assertEquals(2 * TENTH, both.admit(IoKind.READ, 0, 4096));
    assertEquals(2 * TENTH, device.admit(IoKind.READ, 0, 4096));
    assertSame(behind, both.admitted());
  }

  /// Callers of one device beyond the first that waits are not charged yet: a caller of another
  /// device goes before them.
  @Test
  void manyCallersOfOneDevice_holdOneReservation() throws Exception {
    GatedTime gated = new GatedTime();
    Throttle shared = Throttle.create(new Performance.Steady(10, 1 << 20), gated);
    BlockDevice crowded = new ThrottledDevice(behind, shared.flow(), gated);
    BlockDevice other = new ThrottledDevice(behind, shared.flow(), gated);
    readOnce(crowded);
    List<Thread> crowd = crowd(crowded, 5);
    assertEquals(2 * TENTH, other.admit(IoKind.READ, 0, 512));
    gated.open();
    for (Thread thread : crowd) {
      thread.join();
    }
    assertEquals(1 + 6 * TENTH, gated.nanoTime());
  }

  /// The head of the line wakes up late: all for whom there are tokens by then go with it.
  @Test
  void manyCallersOfOneDevice_afterALateWakeUp_goAtOnce() throws Exception {
    GatedTime gated = new GatedTime();
    Throttle fast = Throttle.create(new Performance.Steady(1_000, 1 << 30), gated);
    BlockDevice crowded = new ThrottledDevice(behind, fast.flow(), gated);
    for (int i = 0; i < 50; i++) {
      readOnce(crowded); // the tolerance
    }
    List<Thread> crowd = crowd(crowded, 5);
    gated.advance(10_000_000);
    gated.open();
    for (Thread thread : crowd) {
      thread.join();
    }
    assertEquals(1 + 10_000_000, gated.nanoTime());
  }

  /// Callers that come one after the other, each when the one before it waits.
  private static List<Thread> crowd(BlockDevice device, int count) {
    List<Thread> crowd = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Thread thread = Thread.ofVirtual().start(() -> readOnce(device));
      awaitWaiting(thread);
      crowd.add(thread);
    }
    return crowd;
  }

  private static void readOnce(BlockDevice device) {
    try {
      device.read(0, MemorySegment.ofArray(new byte[512]), 0, 512);
    } catch (VolumeException e) {
      throw new AssertionError(e);
    }
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  private Throttle tenIops() {
    return Throttle.create(new Performance.Steady(10, 1L << 30), time);
  }
}
