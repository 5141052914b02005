package dev.quarry.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.TestBytes;
import dev.quarry.block.VolumeException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A file in parts keeps the contract of a plain one.
final class SpannedFileTest {
  private static final long PART_BYTES = 128 * 1024;

  @Nested
  final class OnARealDisk extends DiskContract {
    @TempDir Path folder;

    @Override
    protected Disk create() throws Exception {
      return new SpanningDisk(PosixDisk.open(folder.resolve("disk")));
    }

    @Override
    protected long largeBytes() {
      return 50 * PART_BYTES + 4096;
    }
  }

  @Nested
  final class OnASimulatedDisk extends DiskContract {
    @Override
    protected Disk create() {
      return new SpanningDisk(SimulatedMachine.create(1).disk());
    }

    @Override
    protected long largeBytes() {
      return 50 * PART_BYTES + 4096;
    }
  }

  @Test
  void resize_beyondOnePart_goesOnInTheNext() throws Exception {
    SimulatedMachine machine = SimulatedMachine.create(1);
    Disk disk = machine.disk();
    byte[] bytes = TestBytes.pattern(1, (int) (2.5 * PART_BYTES));
    try (DiskFile file = SpannedFile.open(disk, "data", PART_BYTES)) {
      file.resize(PART_BYTES);
      assertEquals(List.of("data"), disk.files());
      file.resize(bytes.length);
      file.write(0, MemorySegment.ofArray(bytes), 0, bytes.length);
    }
    assertEquals(Set.of("data", "data.1", "data.2"), Set.copyOf(disk.files()));
    assertEquals(PART_BYTES / 2, disk.read("data.2").orElseThrow().length);
    try (DiskFile file = SpannedFile.open(disk, "data", PART_BYTES)) {
      assertEquals(bytes.length, file.sizeBytes());
      byte[] seen = new byte[bytes.length];
      file.read(0, MemorySegment.ofArray(seen), 0, seen.length);
      assertArrayEquals(bytes, seen);
      file.resize(PART_BYTES + 10);
      assertEquals(PART_BYTES + 10, file.sizeBytes());
    }
    assertEquals(Set.of("data", "data.1"), Set.copyOf(disk.files()));
    SpannedFile.delete(disk, "data");
    assertEquals(List.of(), disk.files());
    machine.close();
  }

  @Test
  void resize_cutOffInAnyStep_isCompletedByTheNext() throws Exception {
    for (int step = 0; ; step++) {
      SimulatedMachine machine = SimulatedMachine.create(step);
      machine.disk().open("data").close();
      machine.crashAtStep(step);
      long size = 3 * PART_BYTES + 512;
      try (DiskFile file = SpannedFile.open(machine.disk(), "data", PART_BYTES)) {
        file.resize(size);
        assertTrue(step > 5, "there are steps");
        return;
      } catch (SimulatedCrash _) {
        machine.restart(Crash.LOSE_SOME);
      }
      try (DiskFile file = SpannedFile.open(machine.disk(), "data", PART_BYTES)) {
        assertTrue(file.sizeBytes() <= size);
        file.resize(size);
        assertEquals(size, file.sizeBytes());
        assertEquals(size, file.nextData(0));
      }
      machine.close();
    }
  }

  @Test
  void force_ofAnyPart_failsAsAWhole() throws Exception {
    SimulatedMachine machine = SimulatedMachine.create(1);
    try (DiskFile file = SpannedFile.open(machine.disk(), "data", PART_BYTES)) {
      file.resize(3 * PART_BYTES);
      machine.fail(Operation.FORCE, 2, 1, SimulatedMachine.When.BEFORE_EFFECT);
      assertThrows(VolumeException.Unavailable.class, file::force);
    }
  }

  /// A disk whose files are in parts.
  private record SpanningDisk(Disk next) implements Disk {
    @Override
    public DiskFile open(String name) throws IOException {
      return SpannedFile.open(next, name, PART_BYTES);
    }

    @Override
    public void delete(String name) throws IOException {
      SpannedFile.delete(next, name);
    }

    @Override
    public Disk folder(String name) throws IOException {
      return new SpanningDisk(next.folder(name));
    }

    @Override
    public MappedFile map(String name, long sizeBytes) throws IOException {
      return next.map(name, sizeBytes);
    }

    @Override
    public Optional<byte[]> read(String name) throws IOException {
      return next.read(name);
    }

    @Override
    public void replace(String name, byte[] contents) throws IOException {
      next.replace(name, contents);
    }

    @Override
    public List<String> files() throws IOException {
      return next.files();
    }

    @Override
    public List<String> folders() throws IOException {
      return next.folders();
    }

    @Override
    public void deleteFolder(String name) throws IOException {
      next.deleteFolder(name);
    }
  }
}
