package dev.quarry.disk;

import dev.quarry.block.VolumeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// A folder on the disk of a [SimulatedMachine].
///
/// Names are durable when the call that changes them returns, as [Disk] promises, and not before: a
/// crash in the middle leaves the old or the new, and of a folder being deleted any part.
public final class SimulatedDisk implements Disk {
  private final SimulatedMachine machine;
  private final int run;
  private final Folder folder;
  private final String path;

  SimulatedDisk(SimulatedMachine machine, int run, Folder folder, String path) {
    this.machine = machine;
    this.run = run;
    this.folder = folder;
    this.path = path;
  }

  @Override
  public DiskFile open(String name) throws VolumeException {
    synchronized (machine) {
      check(name);
      SimulatedContents contents = make(name, SimulatedContents.SECTOR_GRAIN, 0);
      return new SimulatedFile(machine, run, contents, path + "/" + name);
    }
  }

  @Override
  public MappedFile map(String name, long sizeBytes) throws VolumeException {
    synchronized (machine) {
      check(name);
      SimulatedContents contents = make(name, SimulatedContents.WORD_GRAIN, sizeBytes);
      return new SimulatedWords(machine, run, contents, path + "/" + name);
    }
  }

  @Override
  public Optional<byte[]> read(String name) throws VolumeException {
    synchronized (machine) {
      check(name);
      machine.failIf(
          Operation.READ, SimulatedMachine.When.BEFORE_EFFECT, "read " + path + "/" + name);
      return Optional.ofNullable(folder.files.get(name))
          .map(contents -> contents.get(0, Math.toIntExact(contents.sizeBytes())));
    }
  }

  @Override
  public void replace(String name, byte[] contents) throws VolumeException {
    synchronized (machine) {
      check(name);
      int pages = Math.ceilDiv(contents.length, SimulatedContents.PAGE_BYTES);
      machine.checkSpace(pages, path + "/" + name);
      machine.step(
          Operation.CHANGE,
          "replace " + path + "/" + name,
          (part, random) -> {
            if (all(part, random)) {
              remove(name);
              folder.files.put(name, SimulatedContents.durable(machine, contents));
            }
          });
    }
  }

  @Override
  public void delete(String name) throws VolumeException {
    synchronized (machine) {
      check(name);
      if (folder.files.containsKey(name)) {
        machine.step(
            Operation.CHANGE,
            "delete " + path + "/" + name,
            (part, random) -> {
              if (all(part, random)) {
                remove(name);
              }
            });
      }
    }
  }

  @Override
  public List<String> files() {
    synchronized (machine) {
      machine.checkUp(run);
      checkThere();
      return List.copyOf(folder.files.keySet());
    }
  }

  @Override
  public List<String> folders() {
    synchronized (machine) {
      machine.checkUp(run);
      checkThere();
      return List.copyOf(folder.folders.keySet());
    }
  }

  @Override
  public Disk folder(String name) throws VolumeException {
    synchronized (machine) {
      check(name);
      if (!folder.folders.containsKey(name)) {
        machine.step(
            Operation.CHANGE,
            "make folder " + path + "/" + name,
            (part, random) -> {
              if (all(part, random)) {
                folder.folders.put(name, new Folder());
              }
            });
      }
      return new SimulatedDisk(machine, run, folder.folders.get(name), path + "/" + name);
    }
  }

  @Override
  public void deleteFolder(String name) throws VolumeException {
    synchronized (machine) {
      check(name);
      Folder doomed = folder.folders.get(name);
      if (doomed != null) {
        doomed.checkNothingOpen(machine, path + "/" + name);
        machine.step(
            Operation.CHANGE,
            "delete folder " + path + "/" + name,
            (part, random) -> {
              if (part == 2) {
                doomed.empty(machine);
                folder.folders.remove(name);
              } else if (part == 1) {
                doomed.deleteSome(machine, random);
              }
            });
      }
    }
  }

  @Override
  public String toString() {
    return "SimulatedDisk(" + (path.isEmpty() ? "/" : path) + ")";
  }

  private SimulatedContents make(String name, int grain, long sizeBytes) throws VolumeException {
    SimulatedContents there = folder.files.get(name);
    if (there == null || there.sizeBytes() < sizeBytes) {
      machine.step(
          Operation.CHANGE,
          "make " + path + "/" + name,
          (part, random) -> {
            if (all(part, random)) {
              folder
                  .files
                  .computeIfAbsent(name, _ -> new SimulatedContents(machine, grain))
                  .resize(sizeBytes);
            }
          });
    }
    SimulatedContents contents = folder.files.get(name);
    if (contents.grain() != grain) {
      throw new AssertionError("a file is either mapped or not: " + path + "/" + name);
    }
    return contents;
  }

  private void remove(String name) {
    SimulatedContents old = folder.files.remove(name);
    if (old != null) {
      if (machine.isOpen(old)) {
        throw new AssertionError("deleted or replaced while open: " + path + "/" + name);
      }
      machine.usePages(-old.pageCount());
    }
  }

  private void check(String name) {
    machine.checkUp(run);
    checkThere();
    if (name.isEmpty() || name.startsWith(".") || name.indexOf('/') >= 0) {
      throw new IllegalArgumentException("not a file name name=" + name);
    }
  }

  private void checkThere() {
    if (folder.deleted) {
      throw new AssertionError("used after it was deleted: " + this);
    }
  }

  private static boolean all(int part, SplittableRandom random) {
    return part == 2 || (part == 1 && random.nextBoolean());
  }

  /// The names in a folder. Guarded by the machine's lock.
  static final class Folder {
    private final TreeMap<String, SimulatedContents> files = new TreeMap<>();
    private final TreeMap<String, Folder> folders = new TreeMap<>();
    private boolean deleted;

    void losePower(Crash crash, SplittableRandom random) {
      files.values().forEach(contents -> contents.losePower(crash, random));
      folders.values().forEach(folder -> folder.losePower(crash, random));
    }

    private void checkNothingOpen(SimulatedMachine machine, String path) {
      files.forEach((name, contents) -> {
        if (machine.isOpen(contents)) {
          throw new AssertionError("deleted while open: " + path + "/" + name);
        }
      });
      folders.forEach((name, inner) -> inner.checkNothingOpen(machine, path + "/" + name));
    }

    private void empty(SimulatedMachine machine) {
      files.values().forEach(contents -> machine.usePages(-contents.pageCount()));
      files.clear();
      folders.values().forEach(folder -> folder.empty(machine));
      folders.clear();
      deleted = true;
    }

    private void deleteSome(SimulatedMachine machine, SplittableRandom random) {
      for (String name : new ArrayList<>(files.keySet())) {
        if (random.nextBoolean()) {
          machine.usePages(-files.remove(name).pageCount());
        }
      }
      for (String name : new ArrayList<>(folders.keySet())) {
        folders.get(name).deleteSome(machine, random);
        if (folders.get(name).files.isEmpty() && random.nextBoolean()) {
          folders.remove(name).empty(machine);
        }
      }
    }
  }
}
