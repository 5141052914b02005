package dev.quarry.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.TestBytes;
import dev.quarry.block.VolumeException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SimulatedDiskTest extends DiskContract {
  private static final byte[] OLD = TestBytes.pattern(1, 8192);
  private static final byte[] NEW = TestBytes.pattern(2, 8192);

  @Override
  protected Disk create() {
    return SimulatedMachine.create(1).disk();
  }

  @Test
  void powerLoss_unforcedWrites_keepNoneAllOrSome() throws Exception {
    assertArrayEquals(OLD, afterCrash(1, Crash.LOSE_ALL));
    assertArrayEquals(NEW, afterCrash(1, Crash.LOSE_NONE));
    assertArrayEquals(NEW, afterCrash(1, Crash.KILL));
    Set<Integer> kept = new HashSet<>();
    for (int seed = 0; seed < 20; seed++) {
      byte[] left = afterCrash(seed, Crash.LOSE_SOME);
      int sectors = 0;
      for (int at = 0; at < left.length; at += 512) {
        byte[] sector = Arrays.copyOfRange(left, at, at + 512);
        boolean isNew = Arrays.equals(sector, Arrays.copyOfRange(NEW, at, at + 512));
        boolean isOld = Arrays.equals(sector, Arrays.copyOfRange(OLD, at, at + 512));
        assertTrue(isNew || isOld, "a sector is whole");
        sectors += isNew ? 1 : 0;
      }
      kept.add(sectors);
    }
    assertTrue(kept.size() > 3, () -> "chances differ: " + kept);
  }

  private static byte[] afterCrash(long seed, Crash crash) throws Exception {
    SimulatedMachine machine = SimulatedMachine.create(seed);
    DiskFile file = machine.disk().open("data");
    file.resize(8192);
    file.write(0, MemorySegment.ofArray(OLD), 0, 8192);
    file.force();
    file.write(0, MemorySegment.ofArray(NEW), 0, 8192);
    machine.crash();
    assertThrows(SimulatedCrash.class, file::force);
    machine.restart(crash);
    return machine.disk().read("data").orElseThrow();
  }

  @Test
  void powerLoss_unforcedWords_areEachWhole() throws Exception {
    Set<Long> seen = new HashSet<>();
    for (int seed = 0; seed < 50; seed++) {
      SimulatedMachine machine = SimulatedMachine.create(seed);
      MappedFile words = machine.disk().map("words", 4096);
      words.allocate(0, 4096);
      words.set(8, 1);
      words.force();
      words.set(8, 2);
      words.set(8, 3);
      machine.crash();
      machine.restart(Crash.LOSE_SOME);
      seen.add(machine.disk().map("words", 4096).get(8));
    }
    assertEquals(Set.of(1L, 2L, 3L), seen);
  }

  @Test
  void crashAtStep_inEachStepOfReplace_leavesOldOrNew() throws Exception {
    Set<Byte> seen = new HashSet<>();
    for (int seed = 0; seed < 20; seed++) {
      SimulatedMachine machine = SimulatedMachine.create(seed);
      machine.disk().replace("record", new byte[] {1});
      machine.crashAtStep(0);
      assertThrows(SimulatedCrash.class, () -> machine.disk().replace("record", new byte[] {2}));
      machine.restart(Crash.LOSE_SOME);
      seen.add(machine.disk().read("record").orElseThrow()[0]);
    }
    assertEquals(Set.of((byte) 1, (byte) 2), seen);
  }

  @Test
  void crashAtForce_countsForcesOnly() throws Exception {
    SimulatedMachine machine = SimulatedMachine.create(1);
    DiskFile file = machine.disk().open("data");
    file.resize(4096);
    machine.crashAtForce(1);
    file.force();
    file.write(0, MemorySegment.ofArray(OLD), 0, 4096);
    assertThrows(SimulatedCrash.class, file::force);
    assertTrue(machine.down());
  }

  @Test
  void force_thatFails_isNotMadeGoodByTheNext() throws Exception {
    int lost = 0;
    for (int seed = 0; seed < 20; seed++) {
      SimulatedMachine machine = SimulatedMachine.create(seed);
      DiskFile file = machine.disk().open("data");
      file.resize(512);
      file.write(0, MemorySegment.ofArray(NEW), 0, 512);
      machine.fail(Operation.FORCE, 0, 1, SimulatedMachine.When.BEFORE_EFFECT);
      assertThrows(VolumeException.Unavailable.class, file::force);
      file.force();
      machine.crash();
      machine.restart(Crash.LOSE_ALL);
      lost += machine.disk().read("data").orElseThrow()[0] == 0 ? 1 : 0;
    }
    assertNotEquals(0, lost);
    assertNotEquals(20, lost);
  }

  @Test
  void force_thatFailsAfterItsEffect_isDurableAllTheSame() throws Exception {
    SimulatedMachine machine = SimulatedMachine.create(1);
    DiskFile file = machine.disk().open("data");
    file.resize(512);
    file.write(0, MemorySegment.ofArray(NEW), 0, 512);
    machine.fail(Operation.FORCE, 0, 1, SimulatedMachine.When.AFTER_EFFECT);
    assertThrows(VolumeException.Unavailable.class, file::force);
    machine.crash();
    machine.restart(Crash.LOSE_ALL);
    assertArrayEquals(Arrays.copyOf(NEW, 512), machine.disk().read("data").orElseThrow());
  }

  @Test
  void fullDisk_writeIntoAHole_isFullAndOtherwiseWorks() throws Exception {
    SimulatedMachine machine = SimulatedMachine.create(1);
    machine.setCapacityBytes(8192);
    try (DiskFile file = machine.disk().open("data")) {
      file.resize(1 << 20);
      file.write(0, MemorySegment.ofArray(NEW), 0, 8192);
      assertThrows(
          VolumeException.Full.class, () -> file.write(8192, MemorySegment.ofArray(NEW), 0, 1));
      assertThrows(VolumeException.Full.class, () -> machine.disk().replace("record", new byte[1]));
      file.write(0, MemorySegment.ofArray(OLD), 0, 8192);
      file.punch(0, 4096);
      machine.disk().replace("record", new byte[1]);
      assertEquals(8192, machine.usedBytes());
    }
    assertEquals(Optional.empty(), machine.disk().read("none"));
  }

  @Test
  void fail_reads_failAndWorkAgain() throws Exception {
    SimulatedMachine machine = SimulatedMachine.create(1);
    machine.disk().replace("record", new byte[1]);
    machine.fail(Operation.READ, 1, 1, SimulatedMachine.When.BEFORE_EFFECT);
    machine.disk().read("record");
    assertThrows(VolumeException.Unavailable.class, () -> machine.disk().read("record"));
    machine.disk().read("record");
  }

  @Test
  void close_somethingOpen_fails() throws Exception {
    SimulatedMachine machine = SimulatedMachine.create(1);
    DiskFile file = machine.disk().open("data");
    assertThrows(AssertionError.class, machine::close);
    file.close();
    machine.close();
  }

  @Test
  void words_setInAHole_fail() throws Exception {
    SimulatedMachine machine = SimulatedMachine.create(1);
    MappedFile words = machine.disk().map("words", 8192);
    words.allocate(0, 4096);
    words.set(4088, 1);
    assertThrows(AssertionError.class, () -> words.set(4096, 1));
  }

  @Test
  void deleteFolder_crashedHalfWay_leavesAnyPart() throws Exception {
    Set<Integer> left = new HashSet<>();
    for (int seed = 0; seed < 40; seed++) {
      SimulatedMachine machine = SimulatedMachine.create(seed);
      Disk folder = machine.disk().folder("a");
      folder.replace("x", new byte[1]);
      folder.replace("y", new byte[1]);
      machine.crashAtStep(0);
      assertThrows(SimulatedCrash.class, () -> machine.disk().deleteFolder("a"));
      machine.restart(Crash.LOSE_SOME);
      left.add(machine.disk().folders().isEmpty() ? -1 : machine.disk().folder("a").files().size());
    }
    assertEquals(Set.of(-1, 0, 1, 2), left);
  }

  @Test
  void restart_oldHandles_areDead() throws Exception {
    SimulatedMachine machine = SimulatedMachine.create(1);
    String boot = machine.bootId();
    Disk before = machine.disk();
    machine.crash();
    machine.restart(Crash.KILL);
    assertEquals(boot, machine.bootId());
    assertThrows(SimulatedCrash.class, () -> before.read("x"));
    machine.crash();
    machine.restart(Crash.LOSE_ALL);
    assertNotEquals(boot, machine.bootId());
  }
}
