package dev.quarry.volume;

import static dev.quarry.volume.SimulatedNode.GIB;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.TestBytes;
import dev.quarry.disk.Crash;
import dev.quarry.disk.Disk;
import dev.quarry.disk.SimulatedCrash;
import dev.quarry.disk.SimulatedMachine;
import dev.quarry.shaping.Modification;
import dev.quarry.shaping.ModifyRequest;
import dev.quarry.shaping.VolumeType;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A volume's whole life, cut off in each step of the disk in turn, and started again.
final class CatalogueCrashTest {
  private static final byte[] FLUSHED = TestBytes.pattern(1, 4096);
  private static final long FAR = GIB + 8192;

  /// How far the life came, and with it what must be true afterwards.
  private enum Stage {
    NOTHING,
    CREATING,
    CREATED,
    WRITTEN,
    RESIZING,
    RESIZED,
    WRITTEN_FAR,
    DETACHED,
    DELETING,
    DELETED
  }

  private Stage stage;
  private VolumeId id;
  private long generation;

  @ParameterizedTest
  @EnumSource(Crash.class)
  void life_cutOffInAnyStep_goesOnFromThere(Crash crash) throws Exception {
    long steps = 1;
    for (long step = 0; step < steps; step++) {
      for (int seed = 0; seed < 2; seed++) {
        SimulatedMachine machine = SimulatedMachine.create(1000 * step + seed);
        machine.crashAtStep(step);
        try {
          live(machine);
          assertEquals(Stage.DELETED, stage);
          return;
        } catch (SimulatedCrash _) {
          steps = step + 2;
          machine.restart(crash);
          check(machine, "crash=" + crash + " step=" + step + " seed=" + seed + " in " + stage);
          machine.close();
        }
      }
    }
  }

  private void live(SimulatedMachine machine) throws IOException {
    stage = Stage.NOTHING;
    generation = 0;
    VolumeCatalogue catalogue = SimulatedNode.open(machine);
    stage = Stage.CREATING;
    id = catalogue.create(NewVolume.ofGib(1).ofType("gp2").named("db")).id();
    stage = Stage.CREATED;
    Attachment attachment = catalogue.attach(id);
    generation = attachment.volume().generation();
    TestBytes.write(attachment.device(), 4096, FLUSHED);
    attachment.device().flush();
    stage = Stage.WRITTEN;
    TestBytes.write(attachment.device(), 8192, TestBytes.pattern(2, 512));
    stage = Stage.RESIZING;
    catalogue.modify(id, ModifyRequest.none().withSize(2).withType(VolumeType.GP3));
    stage = Stage.RESIZED;
    TestBytes.write(attachment.device(), FAR, FLUSHED);
    attachment.device().flush();
    stage = Stage.WRITTEN_FAR;
    attachment.close();
    stage = Stage.DETACHED;
    catalogue.attach(id).close();
    generation++;
    stage = Stage.DELETING;
    catalogue.delete(id);
    stage = Stage.DELETED;
    catalogue.close();
  }

  private void check(SimulatedMachine machine, String where) throws IOException {
    try (VolumeCatalogue catalogue = SimulatedNode.open(machine)) {
      Optional<VolumeRecord> found = catalogue.find("db");
      checkFound(found, where);
      checkFolders(machine.disk(), found, where);
      if (found.isPresent()) {
        checkVolume(catalogue, found.get(), where);
        catalogue.delete(found.get().id());
      }
      VolumeRecord again = catalogue.create(NewVolume.ofGib(1).named("db"));
      assertEquals(List.of(again), catalogue.list(), where);
    }
  }

  private void checkFound(Optional<VolumeRecord> found, String where) {
    switch (stage) {
      case NOTHING, DELETED -> assertTrue(found.isEmpty(), where);
      case CREATING, DELETING -> {}
      case CREATED, WRITTEN, RESIZING, RESIZED, WRITTEN_FAR, DETACHED ->
          assertEquals(id, found.orElseThrow(() -> new AssertionError(where)).id(), where);
    }
  }

  private void checkVolume(VolumeCatalogue catalogue, VolumeRecord volume, String where)
      throws IOException {
    assertEquals(VolumeState.AVAILABLE, volume.state(), where);
    boolean small = stage.compareTo(Stage.RESIZING) < 0;
    boolean large = stage.compareTo(Stage.RESIZING) > 0;
    assertTrue(
        volume.sizeBytes() == GIB && !large || volume.sizeBytes() == 2 * GIB && !small, where);
    checkModification(volume, where);
    try (Attachment attachment = catalogue.attach(volume.id())) {
      assertTrue(attachment.volume().generation() > generation, where);
      assertEquals(volume.sizeBytes(), attachment.device().sizeBytes(), where);
      if (stage.compareTo(Stage.WRITTEN) >= 0) {
        assertArrayEquals(FLUSHED, TestBytes.read(attachment.device(), 4096, 4096), where);
      }
      if (stage.compareTo(Stage.WRITTEN_FAR) >= 0) {
        assertArrayEquals(FLUSHED, TestBytes.read(attachment.device(), FAR, 4096), where);
      }
      long end = volume.sizeBytes();
      assertArrayEquals(
          new byte[4096], TestBytes.read(attachment.device(), end - 4096, 4096), where);
    }
    assertEquals(Optional.empty(), catalogue.describe("db").openBoot(), where);
  }

  /// A modification has happened wholly or not at all, and says so.
  private static void checkModification(VolumeRecord volume, String where) {
    boolean modified = volume.sizeBytes() == 2 * GIB;
    assertEquals(modified ? VolumeType.GP3 : VolumeType.GP2, volume.type(), where);
    if (modified) {
      assertEquals(Optional.empty(), volume.credits(), where);
    }
    Optional<Modification.State> state = volume.lastModification().map(Modification::state);
    assertEquals(
        modified
            ? Optional.of(Modification.State.COMPLETED)
            : state.map(_ -> Modification.State.FAILED),
        state,
        where);
  }

  private static void checkFolders(Disk disk, Optional<VolumeRecord> found, String where)
      throws IOException {
    Disk volumes = disk.folder("volumes");
    Set<String> expected = new TreeSet<>();
    found.ifPresent(record -> expected.add(record.id().text()));
    assertEquals(expected, new TreeSet<>(volumes.folders()), where);
    for (String name : volumes.folders()) {
      assertEquals(
          Set.of("volume.json", "data", "chunks"), Set.copyOf(volumes.folder(name).files()), where);
    }
  }
}
