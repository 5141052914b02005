package dev.quarry.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.Durability;
import dev.quarry.disk.Crash;
import dev.quarry.disk.SimulatedMachine;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// When the guest waits for an intent to change a region, and what intents are good for.
final class RegionIntentTest {
  private static final long REGION = ChunkLayout.REGION_BYTES;
  private static final long SIZE = 4 * REGION;

  private final SimulatedMachine machine = SimulatedMachine.create(1);
  private ChunkedDevice device;

  @BeforeEach
  void open() throws IOException {
    device = ChunkedDevice.open(machine.disk(), SIZE, new Origin.Empty(), false);
  }

  @Test
  void write_afterAFreeze_waitsForNoForceWhereTheGuestWroteBefore() throws IOException {
    write(0);
    write(REGION);
    try (FrozenView view = device.freeze(0)) {
      long before = machine.forces();
      write(0);
      write(REGION);
      assertEquals(before, machine.forces(), "forces that the guest waited for");
      write(3 * REGION);
      assertTrue(machine.forces() > before, "a region's first intent is durable before its data");
      assertEquals(List.of(0L, REGION / ChunkLayout.CHUNK_BYTES), changed(view));
    }
  }

  @Test
  void write_inTheSecondEpochAfterItsRegionWasUsed_waitsForAForce() throws IOException {
    write(0);
    device.freeze(0).close();
    device.freeze(0).close(); // nothing was written since the freeze before
    long before = machine.forces();
    write(0);
    assertTrue(machine.forces() > before);
  }

  @Test
  void freeze_ofRegionsInUse_takesOneForceForAll() throws IOException {
    write(0);
    long one = forcesOfAFreeze();
    write(0);
    write(REGION);
    write(2 * REGION);
    assertEquals(one, forcesOfAFreeze());
  }

  @Test
  void powerLoss_afterAFreeze_putsWhatWasWrittenSinceInDoubt() throws IOException {
    write(0);
    write(REGION);
    device.flush();
    long parent;
    try (FrozenView view = device.freeze(0)) {
      parent = view.epoch();
    }
    device.rebase(parent);
    write(0); // its intent is from before the freeze
    machine.crash();
    machine.restart(Crash.LOSE_ALL);
    device = ChunkedDevice.open(machine.disk(), SIZE, new Origin.Empty(), true);
    try (FrozenView view = device.freeze(parent)) {
      assertInstanceOf(FrozenView.Change.InDoubt.class, view.change(0));
      assertInstanceOf(
          FrozenView.Change.Unchanged.class, view.change(2 * REGION / ChunkLayout.CHUNK_BYTES));
    }
  }

  private long forcesOfAFreeze() throws IOException {
    long before = machine.forces();
    device.freeze(0).close();
    return machine.forces() - before;
  }

  private void write(long offset) throws IOException {
    MemorySegment block = MemorySegment.ofArray(new byte[4096]).fill((byte) 7);
    device.write(offset, block, 0, 4096, Durability.CACHED);
  }

  private static List<Long> changed(FrozenView view) throws IOException {
    List<Long> changed = new ArrayList<>();
    long end = ChunkLayout.chunkCount(view.sizeBytes());
    for (long chunk = view.nextChanged(0); chunk < end; chunk = view.nextChanged(chunk + 1)) {
      changed.add(chunk);
    }
    return changed;
  }
}
