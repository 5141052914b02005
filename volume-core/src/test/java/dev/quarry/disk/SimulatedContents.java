package dev.quarry.disk;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// The bytes of a simulated file, twice: as callers see them and as they are on the disk.
///
/// Between the two stands, for each grain (a sector, or a word of a mapped file), every value it
/// was given since the last force: the disk may hold any of them. Space is taken by pages of 4 KiB.
/// Guarded by the machine's lock.
final class SimulatedContents {
  static final int PAGE_BYTES = 4096;
  static final int SECTOR_GRAIN = 512;
  static final int WORD_GRAIN = 8;

  /// More values of one grain than this are not remembered; the oldest go.
  private static final int MOST_VERSIONS = 6;

  private final SimulatedMachine machine;
  private final int grain;
  private final TreeMap<Long, byte[]> seen = new TreeMap<>();
  private final Map<Long, byte[]> onDisk = new HashMap<>();
  private final Map<Long, List<byte[]>> unforced = new HashMap<>();
  private final Set<Long> touchedPages = new HashSet<>();

  /// Grains that a failed force left behind: callers see a value that no later force makes durable.
  private final Set<Long> lost = new HashSet<>();

  private long sizeBytes;

  SimulatedContents(SimulatedMachine machine, int grain) {
    this.machine = machine;
    this.grain = grain;
  }

  /// A small file, wholly on the disk.
  static SimulatedContents durable(SimulatedMachine machine, byte[] bytes) {
    SimulatedContents contents = new SimulatedContents(machine, SECTOR_GRAIN);
    contents.resize(bytes.length);
    for (int at = 0; at < bytes.length; at += PAGE_BYTES) {
      contents.put(at, Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + PAGE_BYTES)));
    }
    contents.force();
    return contents;
  }

  long sizeBytes() {
    return sizeBytes;
  }

  int grain() {
    return grain;
  }

  int pageCount() {
    return seen.size();
  }

  /// Sets the size, durably. What is cut off reads as zeros if the file grows again.
  void resize(long newSizeBytes) {
    if (newSizeBytes < sizeBytes) {
      clear(newSizeBytes, sizeBytes - newSizeBytes, true);
      force();
    }
    sizeBytes = newSizeBytes;
  }

  byte[] get(long offset, int length) {
    byte[] bytes = new byte[length];
    forEachPage(
        offset,
        length,
        (page, inPage, done, step) -> {
          byte[] from = seen.get(page);
          if (from != null) {
            System.arraycopy(from, inPage, bytes, done, step);
          }
        });
    return bytes;
  }

  /// How many pages a write into a range would add.
  long missingPages(long offset, long length) {
    long missing = 0;
    for (long page = offset / PAGE_BYTES; page * PAGE_BYTES < offset + length; page++) {
      missing += seen.containsKey(page) ? 0 : 1;
    }
    return missing;
  }

  boolean hasPage(long offset) {
    return seen.containsKey(offset / PAGE_BYTES);
  }

  void put(long offset, byte[] bytes) {
    forEachPage(
        offset,
        bytes.length,
        (page, inPage, done, step) -> System.arraycopy(bytes, done, touch(page), inPage, step));
    remember(offset, bytes.length);
  }

  /// Gives a range its space without changing what it reads as.
  void allocate(long offset, long length) {
    forEachPage(offset, length, (page, inPage, done, step) -> touch(page));
  }

  /// Makes a range read as zeros; whole pages lose their space if `punch`, others get it.
  void clear(long offset, long length, boolean punch) {
    for (long at = offset; at < offset + length; ) {
      long page = at / PAGE_BYTES;
      int inPage = (int) (at % PAGE_BYTES);
      int step = (int) Math.min(offset + length - at, PAGE_BYTES - inPage);
      if (punch && !seen.containsKey(page)) {
        Long next = seen.ceilingKey(page);
        at = next == null ? offset + length : next * PAGE_BYTES;
        continue;
      }
      Arrays.fill(touch(page), inPage, inPage + step, (byte) 0);
      remember(at, step);
      if (punch && step == PAGE_BYTES) {
        seen.remove(page);
        machine.usePages(-1);
      }
      at += step;
    }
  }

  /// The effect of a force, or of one that fails.
  SimulatedMachine.Effect forcing() {
    return new SimulatedMachine.Effect() {
      @Override
      public void apply(int part, SplittableRandom random) {
        if (part == 2) {
          force();
        }
      }

      @Override
      public void fail(SplittableRandom random) {
        failForce(random);
      }
    };
  }

  /// What callers see is now on the disk, except what an earlier failed force left behind.
  private void force() {
    for (long number : unforced.keySet()) {
      store(number, current(number));
    }
    for (long page : touchedPages) {
      if (seen.containsKey(page)) {
        onDisk.computeIfAbsent(page, _ -> new byte[PAGE_BYTES]);
      } else if (isZero(onDisk.get(page))) {
        onDisk.remove(page);
      }
    }
    unforced.clear();
    touchedPages.clear();
  }

  /// A force that failed: some of it came to the disk, and the rest is taken for clean from now on,
  /// as Linux does with pages it could not write.
  private void failForce(SplittableRandom random) {
    for (Map.Entry<Long, List<byte[]>> entry : unforced.entrySet()) {
      if (random.nextBoolean()) {
        store(entry.getKey(), current(entry.getKey()));
      } else {
        lost.add(entry.getKey());
      }
    }
    unforced.clear();
    touchedPages.clear();
  }

  /// The machine lost power: from now on callers see what is on the disk.
  void losePower(Crash crash, SplittableRandom random) {
    for (Map.Entry<Long, List<byte[]>> entry : unforced.entrySet()) {
      pick(entry.getValue(), crash, random).ifPresent(value -> store(entry.getKey(), value));
    }
    for (long number : lost) {
      if (crash == Crash.LOSE_NONE || (crash == Crash.LOSE_SOME && random.nextBoolean())) {
        store(number, current(number));
      }
    }
    machine.usePages(onDisk.size() - seen.size());
    seen.clear();
    onDisk.forEach((page, bytes) -> seen.put(page, bytes.clone()));
    unforced.clear();
    touchedPages.clear();
    lost.clear();
  }

  /// The first byte at or after `offset` that has space, or the size.
  long nextData(long offset) {
    Long page = seen.ceilingKey(offset / PAGE_BYTES);
    return page == null ? sizeBytes : Math.min(sizeBytes, Math.max(offset, page * PAGE_BYTES));
  }

  /// The first byte at or after `offset` that has none, or the size.
  long nextHole(long offset) {
    long page = offset / PAGE_BYTES;
    while (seen.containsKey(page)) {
      page++;
    }
    return Math.min(sizeBytes, Math.max(offset, page * PAGE_BYTES));
  }

  private static Optional<byte[]> pick(
      List<byte[]> versions, Crash crash, SplittableRandom random) {
    int chosen =
        switch (crash) {
          case KILL -> throw new IllegalArgumentException("a kill loses nothing");
          case LOSE_ALL -> -1;
          case LOSE_NONE -> versions.size() - 1;
          case LOSE_SOME -> random.nextInt(versions.size() + 1) - 1;
        };
    return chosen < 0 ? Optional.empty() : Optional.of(versions.get(chosen));
  }

  private byte[] touch(long page) {
    touchedPages.add(page);
    byte[] bytes = seen.get(page);
    if (bytes == null) {
      bytes = new byte[PAGE_BYTES];
      seen.put(page, bytes);
      machine.usePages(1);
    }
    return bytes;
  }

  private void remember(long offset, long length) {
    long page = offset / PAGE_BYTES;
    for (; page * PAGE_BYTES < offset + length; page++) {
      findLost(page);
    }
    for (long number = offset / grain; number * grain < offset + length; number++) {
      remember(number);
    }
  }

  private void remember(long number) {
    List<byte[]> versions = unforced.computeIfAbsent(number, _ -> new ArrayList<>(1));
    if (versions.size() == MOST_VERSIONS) {
      versions.removeFirst();
    }
    versions.add(current(number));
  }

  /// A page that is changed again goes to the disk as a whole with the next force.
  private void findLost(long page) {
    if (!lost.isEmpty()) {
      for (long number = page * PAGE_BYTES / grain;
          number * grain < (page + 1) * PAGE_BYTES;
          number++) {
        if (lost.remove(number)) {
          remember(number);
        }
      }
    }
  }

  private byte[] current(long number) {
    return get(number * grain, grain);
  }

  private void store(long number, byte[] value) {
    long at = number * grain;
    byte[] page = onDisk.computeIfAbsent(at / PAGE_BYTES, _ -> new byte[PAGE_BYTES]);
    System.arraycopy(value, 0, page, (int) (at % PAGE_BYTES), grain);
  }

  private static boolean isZero(byte[] page) {
    if (page != null) {
      for (byte b : page) {
        if (b != 0) {
          return false;
        }
      }
    }
    return true;
  }

  private static void forEachPage(long offset, long length, PageVisitor visitor) {
    for (long done = 0; done < length; ) {
      int inPage = (int) ((offset + done) % PAGE_BYTES);
      int step = (int) Math.min(length - done, PAGE_BYTES - inPage);
      visitor.visit((offset + done) / PAGE_BYTES, inPage, (int) done, step);
      done += step;
    }
  }

  @FunctionalInterface
  private interface PageVisitor {
    void visit(long page, int inPage, int done, int step);
  }
}
