package dev.quarry.volume;

import static dev.quarry.volume.SimulatedNode.GIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.TestBytes;
import dev.quarry.block.VolumeException;
import dev.quarry.disk.Disk;
import dev.quarry.disk.SimulatedMachine;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/// Many callers on one catalogue at a time.
final class CatalogueRaceTest {
  private static final int THREADS = 6;
  private static final int TURNS = 150;

  @RepeatedTest(3)
  void anything_byManyThreads_staysConsistent(RepetitionInfo repetition) throws Exception {
    SimulatedMachine machine = SimulatedMachine.create(repetition.getCurrentRepetition());
    try (VolumeCatalogue catalogue = SimulatedNode.open(machine)) {
      List<Callable<Integer>> tasks = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        long seed = 100L * repetition.getCurrentRepetition() + i;
        tasks.add(() -> work(catalogue, seed));
      }
      int done = runAll(tasks).stream().mapToInt(Integer::intValue).sum();
      assertTrue(done > THREADS * TURNS / 4, "most turns do something: " + done);
      for (VolumeRecord record : catalogue.list()) {
        assertEquals(VolumeState.AVAILABLE, record.state());
      }
      checkFolders(machine.disk(), catalogue);
    }
    machine.close();
  }

  /// Four volumes by name, on which all threads do what comes to their minds.
  private static int work(VolumeCatalogue catalogue, long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    int done = 0;
    for (int turn = 0; turn < TURNS; turn++) {
      String name = "volume-" + random.nextInt(4);
      try {
        switch (random.nextInt(8)) {
          case 0, 1 -> catalogue.create(NewVolume.ofGib(1).named(name));
          case 2 -> catalogue.delete(catalogue.describe(name).id());
          case 3 -> catalogue.resize(catalogue.describe(name).id(), (1 + random.nextInt(4)) * GIB);
          case 4 -> checkList(catalogue);
          default -> use(catalogue, name, seed);
        }
        done++;
      } catch (ControlException.NotFound | ControlException.Conflict | ControlException.Invalid _) {
        // somebody else was first
      }
    }
    return done;
  }

  private static void use(VolumeCatalogue catalogue, String name, long seed) throws Exception {
    try (Attachment attachment = catalogue.attach(catalogue.describe(name).id())) {
      byte[] bytes = TestBytes.pattern(seed, 512);
      long offset = seed * 512;
      TestBytes.write(attachment.device(), offset, bytes);
      assertEquals(
          -1, TestBytes.firstDifference(bytes, TestBytes.read(attachment.device(), offset, 512)));
      assertEquals(VolumeState.IN_USE, attachment.volume().state());
    }
  }

  private static void checkList(VolumeCatalogue catalogue) {
    List<String> names = catalogue.list().stream().flatMap(r -> r.name().stream()).toList();
    assertEquals(names.size(), Set.copyOf(names).size(), () -> "a name twice: " + names);
  }

  @Test
  void create_oneNameByMany_isGivenToOne() throws Exception {
    SimulatedMachine machine = SimulatedMachine.create(1);
    try (VolumeCatalogue catalogue = SimulatedNode.open(machine)) {
      AtomicInteger made = new AtomicInteger();
      List<Callable<Integer>> tasks = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        tasks.add(() -> {
          try {
            catalogue.create(NewVolume.ofGib(1).named("db"));
            return made.incrementAndGet();
          } catch (ControlException.Invalid e) {
            assertEquals("InvalidParameterValue", e.code());
            return 0;
          }
        });
      }
      runAll(tasks);
      assertEquals(1, made.get());
      assertEquals(1, catalogue.list().size());
    }
    machine.close();
  }

  @Test
  void close_underWriters_endsThemDetachedWithNothingOpen() throws Exception {
    SimulatedMachine machine = SimulatedMachine.create(1);
    VolumeCatalogue catalogue = SimulatedNode.open(machine);
    VolumeId id = catalogue.create(NewVolume.ofGib(1)).id();
    AtomicInteger writes = new AtomicInteger();
    List<Callable<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      long offset = i * 4096L;
      Attachment attachment = catalogue.attach(id);
      tasks.add(() -> {
        try {
          for (byte turn = 0; ; turn++) {
            TestBytes.write(attachment.device(), offset, TestBytes.pattern(turn, 4096));
            writes.incrementAndGet();
          }
        } catch (VolumeException.Detached _) {
          return 1;
        }
      });
    }
    tasks.add(() -> {
      while (writes.get() < 100) {
        Thread.onSpinWait();
      }
      catalogue.close();
      return 1;
    });
    assertEquals(List.of(1, 1, 1, 1, 1), runAll(tasks));
    machine.close();
    try (VolumeCatalogue again = SimulatedNode.open(machine)) {
      assertTrue(again.describe(id.text()).openBoot().isEmpty(), "closed cleanly");
    }
  }

  private static void checkFolders(Disk disk, VolumeCatalogue catalogue) throws Exception {
    Set<String> expected = new TreeSet<>();
    catalogue.list().forEach(record -> expected.add(record.id().text()));
    assertEquals(expected, new TreeSet<>(disk.folder("volumes").folders()));
  }

  private static List<Integer> runAll(List<Callable<Integer>> tasks) throws Exception {
    try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
      List<Future<Integer>> running = new ArrayList<>();
      for (Callable<Integer> task : tasks) {
        running.add(threads.submit(task));
      }
      List<Integer> results = new ArrayList<>();
      for (Future<Integer> future : running) {
        results.add(future.get());
      }
      return results;
    }
  }
}
