package dev.quarry.volume;

import static dev.quarry.volume.SimulatedNode.GIB;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.Durability;
import dev.quarry.block.TestBytes;
import dev.quarry.block.VolumeException;
import dev.quarry.block.ZeroMode;
import dev.quarry.disk.Crash;
import dev.quarry.disk.Operation;
import dev.quarry.disk.SimulatedMachine;
import dev.quarry.disk.SimulatedMachine.When;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What the catalogue makes of a disk that fails or is full.
final class CatalogueFaultTest {
  private final SimulatedMachine machine = SimulatedMachine.create(1);
  private VolumeCatalogue catalogue;

  @BeforeEach
  void open() throws Exception {
    catalogue = SimulatedNode.open(machine);
  }

  @AfterEach
  void nothingIsOpen() throws Exception {
    catalogue.close();
    machine.close();
  }

  @ParameterizedTest
  @EnumSource(When.class)
  void flush_fails_putsTheVolumeIntoErrorForGood(When when) throws Exception {
    VolumeId id = catalogue.create(NewVolume.ofGib(1)).id();
    Attachment attachment = catalogue.attach(id);
    BlockDevice device = attachment.device();
    TestBytes.write(device, 0, TestBytes.pattern(1, 4096));
    machine.fail(Operation.FORCE, 0, 1, when);
    assertThrows(VolumeException.Unavailable.class, device::flush);

    assertEquals(VolumeState.ERROR, catalogue.describe(id.text()).state());
    refusesChanges(device);
    assertArrayEquals(TestBytes.pattern(1, 4096), TestBytes.read(device, 0, 4096));
    assertCode("VolumeInUse", () -> catalogue.delete(id));
    assertCode("IncorrectState", () -> catalogue.attach(id));
    assertThrows(VolumeException.Unavailable.class, attachment::close);

    catalogue.close();
    open();
    VolumeRecord after = catalogue.describe(id.text());
    assertEquals(VolumeState.ERROR, after.state());
    assertTrue(after.errorReason().orElseThrow().contains("flush failed"), after::toString);
    var refused = assertThrows(ControlException.Conflict.class, () -> catalogue.attach(id));
    assertEquals("IncorrectState", refused.code());
    assertTrue(refused.getMessage().contains("volumes/" + id), refused::getMessage);
    assertCode("IncorrectState", () -> catalogue.resize(id, 2 * GIB));
    catalogue.delete(id);
    assertEquals(List.of(), catalogue.list());
  }

  /// The force that makes the intent to write durable is as final as any other.
  @Test
  void firstWrite_cannotMakeItsIntentDurable_putsTheVolumeIntoError() throws Exception {
    VolumeId id = catalogue.create(NewVolume.ofGib(1)).id();
    Attachment attachment = catalogue.attach(id);
    machine.fail(Operation.FORCE, 0, 1, When.BEFORE_EFFECT);
    assertThrows(
        VolumeException.Unavailable.class,
        () -> TestBytes.write(attachment.device(), 0, TestBytes.pattern(1, 4096)));
    assertEquals(VolumeState.ERROR, catalogue.describe(id.text()).state());
    refusesChanges(attachment.device());
    assertThrows(VolumeException.Unavailable.class, attachment::close);
  }

  @Test
  void flush_failsAndCannotBeRecorded_isErrorAllTheSame() throws Exception {
    VolumeId id = catalogue.create(NewVolume.ofGib(1)).id();
    Attachment attachment = catalogue.attach(id);
    machine.fail(Operation.FORCE, 0, Long.MAX_VALUE, When.BEFORE_EFFECT);
    machine.fail(Operation.CHANGE, 0, Long.MAX_VALUE, When.BEFORE_EFFECT);
    assertThrows(VolumeException.Unavailable.class, attachment.device()::flush);
    assertEquals(VolumeState.ERROR, catalogue.describe(id.text()).state());
    assertThrows(VolumeException.Unavailable.class, attachment::close);
    assertEquals(VolumeState.ERROR, catalogue.describe(id.text()).state());
  }

  @Test
  void close_cannotFlush_isErrorAndDetached() throws Exception {
    VolumeId id = catalogue.create(NewVolume.ofGib(1)).id();
    Attachment attachment = catalogue.attach(id);
    TestBytes.write(attachment.device(), 0, TestBytes.pattern(1, 4096));
    machine.fail(Operation.FORCE, 0, 1, When.BEFORE_EFFECT);
    assertThrows(VolumeException.Unavailable.class, attachment::close);
    assertEquals(VolumeState.ERROR, catalogue.describe(id.text()).state());
    catalogue.delete(id);
  }

  @Test
  void write_failsWithoutAForce_leavesTheVolumeUsable() throws Exception {
    VolumeId id = catalogue.create(NewVolume.ofGib(1)).id();
    try (Attachment attachment = catalogue.attach(id)) {
      TestBytes.write(attachment.device(), 0, TestBytes.pattern(1, 4096));
      machine.fail(Operation.WRITE, 0, 1, When.BEFORE_EFFECT);
      assertThrows(
          VolumeException.Unavailable.class,
          () -> TestBytes.write(attachment.device(), 0, TestBytes.pattern(2, 4096)));
      assertEquals(VolumeState.IN_USE, catalogue.describe(id.text()).state());
      TestBytes.write(attachment.device(), 0, TestBytes.pattern(2, 4096));
      attachment.device().flush();
    }
  }

  @Test
  void fullDisk_writing_isFullAndTheVolumeStaysUsable() throws Exception {
    VolumeId id = catalogue.create(NewVolume.ofGib(1)).id();
    try (Attachment attachment = catalogue.attach(id)) {
      BlockDevice device = attachment.device();
      TestBytes.write(device, 0, TestBytes.pattern(1, 65536));
      machine.setCapacityBytes(machine.usedBytes());
      assertThrows(
          VolumeException.Full.class,
          () -> TestBytes.write(device, 65536, TestBytes.pattern(2, 4096)));
      assertThrows(
          VolumeException.Full.class,
          () -> TestBytes.write(device, GIB / 2, TestBytes.pattern(2, 4096)));
      device.flush();
      device.trim(0, 32768, Durability.CACHED);
      TestBytes.write(device, 65536, TestBytes.pattern(2, 4096));
      device.flush();
      assertEquals(VolumeState.IN_USE, catalogue.describe(id.text()).state());
    }
    machine.setCapacityBytes(Long.MAX_VALUE);
  }

  @Test
  void fullDisk_creating_saysSoAndLeavesNothing() throws Exception {
    machine.setCapacityBytes(machine.usedBytes() + 8192);
    assertCode(
        "InsufficientVolumeCapacity", () -> catalogue.create(NewVolume.ofGib(1).named("db")));
    assertEquals(List.of(), catalogue.list());
    assertEquals(List.of(), machine.disk().folder("volumes").folders());
    machine.setCapacityBytes(Long.MAX_VALUE);
    catalogue.create(NewVolume.ofGib(1).named("db"));
  }

  @Test
  void open_oneRecordCannotBeRead_keepsTheOthers() throws Exception {
    VolumeRecord first = catalogue.create(NewVolume.ofGib(1));
    VolumeRecord second = catalogue.create(NewVolume.ofGib(1));
    catalogue.close();
    machine.fail(Operation.READ, 0, 1, When.BEFORE_EFFECT);
    open();
    assertEquals(1, catalogue.list().size());
    VolumeId unread = catalogue.list().contains(first) ? second.id() : first.id();
    assertCode("IncorrectState", () -> catalogue.attach(unread));
    catalogue.close();
    open();
    assertEquals(2, catalogue.list().size());
  }

  @Test
  void delete_failsHalfWay_isCompletedByTheNextStart() throws Exception {
    VolumeId id = catalogue.create(NewVolume.ofGib(1).named("db")).id();
    machine.fail(Operation.CHANGE, 2, 1, When.BEFORE_EFFECT);
    assertCode("InternalError", () -> catalogue.delete(id));
    assertEquals(VolumeState.DELETING, catalogue.describe("db").state());
    assertCode("IncorrectState", () -> catalogue.attach(id));
    catalogue.close();
    open();
    assertEquals(List.of(), catalogue.list());
    assertEquals(List.of(), machine.disk().folder("volumes").folders());
  }

  @Test
  void delete_failedHalfWay_canBeDoneAgain() throws Exception {
    VolumeId id = catalogue.create(NewVolume.ofGib(1)).id();
    machine.fail(Operation.CHANGE, 2, 1, When.BEFORE_EFFECT);
    assertCode("InternalError", () -> catalogue.delete(id));
    catalogue.delete(id);
    assertEquals(List.of(), catalogue.list());
  }

  /// Every call of each kind fails once, before and after its effect; the disk works again
  /// afterwards.
  @ParameterizedTest
  @EnumSource(
      value = Operation.class,
      names = {"WRITE", "FORCE", "CHANGE", "READ"})
  void life_withOneCallFailing_neverLosesWhatIsFlushed(Operation operation) throws Exception {
    for (When when : When.values()) {
      for (int skip = 0; skip < 40; skip++) {
        oneFault(operation, skip, when);
      }
    }
  }

  private static void oneFault(Operation operation, int skip, When when) throws IOException {
    String where = operation + " " + when + " after " + skip;
    SimulatedMachine machine = SimulatedMachine.create(skip);
    VolumeCatalogue catalogue = SimulatedNode.open(machine);
    Progress progress = new Progress();
    machine.fail(operation, skip, 1, when);
    try {
      live(catalogue, progress);
    } catch (ControlException | VolumeException _) {
      // what follows tells whether it was right
    }
    machine.repair(operation);
    try {
      catalogue.close();
    } catch (VolumeException _) {
      // in error now
    }
    machine.close();
    machine.crash();
    machine.restart(Crash.LOSE_SOME);
    try (VolumeCatalogue after = SimulatedNode.open(machine)) {
      Optional<VolumeRecord> found = after.find("db");
      if (progress.deleted) {
        assertTrue(found.isEmpty(), where);
      } else if (progress.created && !progress.deleting) {
        assertTrue(found.isPresent(), where);
      }
      if (found.isPresent() && found.get().state() == VolumeState.AVAILABLE && progress.flushed) {
        try (Attachment attachment = after.attach(found.get().id())) {
          assertArrayEquals(
              TestBytes.pattern(1, 4096), TestBytes.read(attachment.device(), 4096, 4096), where);
        }
      }
      if (found.isPresent()) {
        after.delete(found.get().id());
      }
      after.create(NewVolume.ofGib(1).named("db"));
    }
    machine.close();
  }

  private static final class Progress {
    boolean created;
    boolean flushed;
    boolean deleting;
    boolean deleted;
  }

  private static void live(VolumeCatalogue catalogue, Progress progress) throws IOException {
    VolumeId id = catalogue.create(NewVolume.ofGib(1).named("db")).id();
    progress.created = true;
    try (Attachment attachment = catalogue.attach(id)) {
      TestBytes.write(attachment.device(), 4096, TestBytes.pattern(1, 4096));
      attachment.device().flush();
      progress.flushed = true;
      catalogue.resize(id, 2 * GIB);
      TestBytes.write(attachment.device(), GIB, TestBytes.pattern(2, 4096));
    }
    try (Attachment attachment = catalogue.attach(id)) {
      TestBytes.read(attachment.device(), 4096, 4096);
    }
    progress.deleting = true;
    catalogue.delete(id);
    progress.deleted = true;
  }

  private static void refusesChanges(BlockDevice device) {
    var zeros = TestBytes.buffer(true, 512, 0);
    for (Durability durability : Durability.values()) {
      unavailable(() -> device.write(0, zeros, 0, 512, durability));
      unavailable(() -> device.zero(0, 512, ZeroMode.PUNCH, durability));
      unavailable(() -> device.trim(0, 512, durability));
    }
    unavailable(() -> device.tryWrite(0, zeros, 0, 512));
    unavailable(device::flush);
  }

  private static void unavailable(Executable change) {
    assertThrows(VolumeException.Unavailable.class, change);
  }

  private static void assertCode(String code, Executable action) {
    assertEquals(code, assertThrows(ControlException.class, action).code());
  }
}
