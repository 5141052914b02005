package dev.quarry.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.Durability;
import dev.quarry.disk.ChildJvm;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that writes to a volume is killed, again and again (SIGKILL). Each time the volume
/// opens by itself, everything the process knew to be written is there, and no 4 KiB block is torn.
final class CatalogueKillTest {
  private static final int KILLS = 3;
  private static final int BLOCKS = 300; // over two chunks
  private static final int BLOCK = 4096;

  @TempDir Path directory;

  @Test
  void writer_killed_losesNothingThatReturned() throws Exception {
    VolumeId id;
    try (VolumeCatalogue catalogue = VolumeCatalogue.open(directory)) {
      id = catalogue.create(NewVolume.ofGib(1).named("db")).id();
    }
    SplittableRandom random = new SplittableRandom(42);
    long[] atLeast = new long[BLOCKS];
    for (int kill = 1; kill <= KILLS; kill++) {
      try (ChildJvm child = ChildJvm.start(Writer.class, directory.toString(), kill + "")) {
        int patience = 1 + random.nextInt(200);
        long done = 0;
        for (int i = 0; i < patience; i++) {
          done = Long.parseLong(child.line());
        }
        List<String> rest = child.kill();
        if (!rest.isEmpty()) {
          done = Long.parseLong(rest.getLast().isEmpty() ? done + "" : whole(rest, done));
        }
        remember(atLeast, kill, done);
        check(id, kill, atLeast);
      }
    }
  }

  /// The last number printed whole: the last line may be cut off.
  private static String whole(List<String> rest, long before) {
    return rest.size() > 1 ? rest.get(rest.size() - 2) : before + "";
  }

  /// Follows what the writer did: its first `done` writes have returned.
  private static void remember(long[] atLeast, int round, long done) {
    Writes writes = new Writes(round);
    for (long i = 1; i <= done; i++) {
      int block = writes.nextBlock();
      atLeast[block] = value(round, i);
    }
  }

  private void check(VolumeId id, int kill, long[] atLeast) throws Exception {
    try (VolumeCatalogue catalogue = VolumeCatalogue.open(directory)) {
      VolumeRecord record = catalogue.describe("db");
      assertEquals(VolumeState.AVAILABLE, record.state());
      assertTrue(record.openBoot().isPresent(), "it was open when the process was killed");
      try (Attachment attachment = catalogue.attach(id)) {
        assertEquals(2L * kill, attachment.volume().generation());
        MemorySegment block = MemorySegment.ofArray(new byte[BLOCK]);
        for (int i = 0; i < BLOCKS; i++) {
          attachment.device().read((long) i * BLOCK, block, 0, BLOCK);
          long first = block.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
          for (int at = 0; at < BLOCK; at += Long.BYTES) {
            assertEquals(first, block.get(ValueLayout.JAVA_LONG_UNALIGNED, at), "torn block " + i);
          }
          assertTrue(first >= atLeast[i], "block " + i + " went back");
          atLeast[i] = first;
        }
      }
      assertEquals(Optional.empty(), catalogue.describe("db").openBoot());
    }
  }

  private static long value(long round, long write) {
    return (round << 40) + write;
  }

  /// The blocks a writer writes, in order.
  private static final class Writes {
    private final SplittableRandom random;

    Writes(long round) {
      random = new SplittableRandom(round);
    }

    int nextBlock() {
      return random.nextInt(BLOCKS);
    }
  }

  /// Writes blocks, flushes now and then, and prints how many writes have returned.
  static final class Writer {
    public static void main(String[] arguments) throws Exception {
      long round = Long.parseLong(arguments[1]);
      Writes writes = new Writes(round);
      try (VolumeCatalogue catalogue = VolumeCatalogue.open(Path.of(arguments[0]));
          Attachment attachment = catalogue.attach(catalogue.describe("db").id())) {
        MemorySegment block = MemorySegment.ofArray(new byte[BLOCK]);
        for (long i = 1; i < 1_000_000; i++) {
          for (int at = 0; at < BLOCK; at += Long.BYTES) {
            block.set(ValueLayout.JAVA_LONG_UNALIGNED, at, value(round, i));
          }
          Durability durability = i % 64 == 0 ? Durability.FORCED : Durability.CACHED;
          long offset = (long) writes.nextBlock() * BLOCK;
          attachment.device().write(offset, block, 0, BLOCK, durability);
          System.out.println(i);
        }
      }
    }
  }
}
