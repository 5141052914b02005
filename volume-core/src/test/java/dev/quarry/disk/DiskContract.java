package dev.quarry.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.TestBytes;
import dev.quarry.block.VolumeException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every [Disk] promises to a process that does not crash, with its files and mapped files.
public abstract class DiskContract {
  private Disk disk;

  /// An empty folder.
  protected abstract Disk create() throws Exception;

  @BeforeEach
  void open() throws Exception {
    disk = create();
  }

  @Test
  void read_nothingThere_isEmpty() throws Exception {
    assertEquals(Optional.empty(), disk.read("none"));
    assertEquals(List.of(), disk.files());
    assertEquals(List.of(), disk.folders());
  }

  @Test
  void replace_again_holdsTheNewestWhole() throws Exception {
    disk.replace("record", text("a longer first version"));
    disk.replace("record", text("second"));
    assertEquals("second", text(disk.read("record").orElseThrow()));
    disk.replace("record", new byte[0]);
    assertEquals("", text(disk.read("record").orElseThrow()));
    byte[] large = TestBytes.pattern(1, 100_001);
    disk.replace("record", large);
    assertArrayEquals(large, disk.read("record").orElseThrow());
    assertEquals(List.of("record"), disk.files());
  }

  @Test
  void delete_thereOrNot_isGone() throws Exception {
    disk.replace("record", text("x"));
    disk.delete("record");
    disk.delete("record");
    assertEquals(Optional.empty(), disk.read("record"));
    assertEquals(List.of(), disk.files());
  }

  @Test
  void folder_madeOnce_isOneFolder() throws Exception {
    disk.folder("a").replace("x", text("1"));
    disk.folder("a").folder("b").replace("y", text("2"));
    assertEquals("1", text(disk.folder("a").read("x").orElseThrow()));
    assertEquals("2", text(disk.folder("a").folder("b").read("y").orElseThrow()));
    assertEquals(List.of("a"), disk.folders());
    assertEquals(List.of(), disk.files());
    assertEquals(Set.of("x"), Set.copyOf(disk.folder("a").files()));
  }

  @Test
  void deleteFolder_withThingsInIt_isGone() throws Exception {
    Disk folder = disk.folder("a");
    folder.replace("x", text("1"));
    folder.folder("b").replace("y", text("2"));
    disk.folder("keep").replace("z", text("3"));
    disk.deleteFolder("a");
    disk.deleteFolder("a");
    assertEquals(List.of("keep"), disk.folders());
    assertEquals(Optional.empty(), disk.folder("a").read("x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", ".hidden", "a/b", "/etc", "../x"})
  void name_notAPathElement_isRefused(String name) {
    assertThrows(IllegalArgumentException.class, () -> disk.read(name));
    assertThrows(IllegalArgumentException.class, () -> disk.replace(name, new byte[1]));
    assertThrows(IllegalArgumentException.class, () -> disk.open(name));
    assertThrows(IllegalArgumentException.class, () -> disk.folder(name));
    assertThrows(IllegalArgumentException.class, () -> disk.deleteFolder(name));
    assertThrows(IllegalArgumentException.class, () -> disk.delete(name));
  }

  @Test
  void open_newFile_isThereAndEmpty() throws Exception {
    disk.open("data").close();
    assertEquals(List.of("data"), disk.files());
    try (DiskFile file = disk.open("data")) {
      assertEquals(0, file.sizeBytes());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void write_anyRange_isReadAgainAfterReopening(boolean onHeap) throws Exception {
    byte[] bytes = TestBytes.pattern(2, 1_000_001);
    try (DiskFile file = disk.open("data")) {
      file.resize(2_000_000);
      MemorySegment from = TestBytes.buffer(onHeap, bytes.length + 14, 0);
      from.asSlice(7, bytes.length).copyFrom(MemorySegment.ofArray(bytes));
      file.write(513, from, 7, bytes.length);
      assertEquals(-1, MemorySegment.ofArray(bytes).mismatch(from.asSlice(7, bytes.length)));
      assertArrayEquals(bytes, read(file, 513, bytes.length, onHeap));
      file.force();
    }
    try (DiskFile file = disk.open("data")) {
      assertEquals(2_000_000, file.sizeBytes());
      assertArrayEquals(bytes, read(file, 513, bytes.length, onHeap));
      byte[] around = read(file, 0, 513, onHeap);
      assertTrue(TestBytes.all(around, 0, 513, 0));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void tryRead_ifTrue_readsTheSame(boolean onHeap) throws Exception {
    byte[] bytes = TestBytes.pattern(3, 300_000);
    try (DiskFile file = disk.open("data")) {
      file.resize(300_000);
      file.write(0, MemorySegment.ofArray(bytes), 0, bytes.length);
      for (int turn = 0; turn < 20; turn++) {
        MemorySegment into = TestBytes.buffer(onHeap, bytes.length + 2, 0x55);
        if (file.tryRead(0, into, 1, bytes.length)) {
          assertEquals(-1, MemorySegment.ofArray(bytes).mismatch(into.asSlice(1, bytes.length)));
        }
        assertEquals(0x55, into.get(ValueLayout.JAVA_BYTE, 0));
        assertEquals(0x55, into.get(ValueLayout.JAVA_BYTE, bytes.length + 1));
      }
    }
  }

  @Test
  void resize_largerAndSmaller_addsZeros() throws Exception {
    try (DiskFile file = disk.open("data")) {
      file.resize(10_000);
      file.write(0, MemorySegment.ofArray(TestBytes.pattern(4, 10_000)), 0, 10_000);
      file.resize(100);
      file.resize(10_000);
      assertTrue(TestBytes.all(read(file, 100, 9_900, true), 0, 9_900, 0));
      assertEquals(TestBytes.pattern(4, 10_000)[99], read(file, 99, 1, true)[0]);
    }
  }

  /// A size far beyond the space there is, which files of this disk can have.
  protected long largeBytes() {
    return (8L << 40) - 4096;
  }

  @Test
  void resize_toManyTiB_isSparse() throws Exception {
    long size = largeBytes();
    try (DiskFile file = disk.open("data")) {
      file.resize(size);
      assertEquals(size, file.sizeBytes());
      file.write(size - 10, MemorySegment.ofArray(TestBytes.pattern(5, 10)), 0, 10);
      assertArrayEquals(TestBytes.pattern(5, 10), read(file, size - 10, 10, false));
      assertTrue(file.nextData(0) > 0);
    }
  }

  @Test
  void punchAndZero_anyRange_readAsZeros() throws Exception {
    byte[] expected = TestBytes.pattern(6, 100_000);
    try (DiskFile file = disk.open("data")) {
      file.resize(100_000);
      file.write(0, MemorySegment.ofArray(expected), 0, 100_000);
      file.punch(4096, 8192);
      Arrays.fill(expected, 4096, 4096 + 8192, (byte) 0);
      file.punch(20_001, 9_999);
      Arrays.fill(expected, 20_001, 30_000, (byte) 0);
      file.zero(50_001, 9_999);
      Arrays.fill(expected, 50_001, 60_000, (byte) 0);
      file.zero(98_000, 2_000);
      Arrays.fill(expected, 98_000, 100_000, (byte) 0);
      assertArrayEquals(expected, read(file, 0, 100_000, false));
      assertEquals(100_000, file.sizeBytes());
    }
  }

  @Test
  void nextDataAndNextHole_alternate_coverTheFile() throws Exception {
    try (DiskFile file = disk.open("data")) {
      file.resize(1 << 20);
      assertEquals(1 << 20, file.nextData(0));
      assertEquals(0, file.nextHole(0));
      file.write(1 << 19, MemorySegment.ofArray(TestBytes.pattern(7, 4096)), 0, 4096);
      file.force();
      long data = file.nextData(0);
      long hole = file.nextHole(data);
      assertTrue(data > 0 && data <= 1 << 19, () -> "data at " + data);
      assertTrue(hole >= (1 << 19) + 4096, () -> "hole at " + hole);
      assertEquals((1 << 19) + 10, file.nextData((1 << 19) + 10));
      assertEquals(1 << 20, file.nextData(hole));
      assertEquals(1 << 20, file.nextHole(1 << 20));
    }
  }

  @Test
  void close_anyCallAfterwards_isDetached() throws Exception {
    DiskFile file = disk.open("data");
    file.resize(4096);
    file.close();
    file.close();
    MemorySegment buffer = TestBytes.buffer(false, 16, 0);
    assertThrows(VolumeException.Detached.class, () -> file.read(0, buffer, 0, 16));
    assertThrows(VolumeException.Detached.class, () -> file.tryRead(0, buffer, 0, 16));
    assertThrows(VolumeException.Detached.class, () -> file.write(0, buffer, 0, 16));
    assertThrows(VolumeException.Detached.class, file::force);
    assertThrows(VolumeException.Detached.class, () -> file.punch(0, 16));
    assertThrows(VolumeException.Detached.class, () -> file.zero(0, 16));
    assertThrows(VolumeException.Detached.class, () -> file.resize(16));
    assertThrows(VolumeException.Detached.class, file::sizeBytes);
  }

  @Test
  void map_again_keepsWordsAndGrows() throws Exception {
    try (MappedFile words = disk.map("words", 8192)) {
      assertEquals(8192, words.sizeBytes());
      words.allocate(0, 8192);
      words.set(8, 0x0102030405060708L);
      words.set(8184, -1);
      words.force();
    }
    try (MappedFile words = disk.map("words", 16384)) {
      assertEquals(16384, words.sizeBytes());
      assertEquals(0, words.get(0));
      assertEquals(0x0102030405060708L, words.get(8));
      assertEquals(-1, words.get(8184));
      assertEquals(0, words.get(16376));
    }
    try (MappedFile words = disk.map("words", 8)) {
      assertEquals(16384, words.sizeBytes());
    }
    assertEquals(8, disk.read("words").orElseThrow()[8], "little-endian");
  }

  @Test
  void compareAndSet_onlyIfAsExpected_sets() throws Exception {
    try (MappedFile words = disk.map("words", 4096)) {
      words.allocate(0, 4096);
      assertTrue(words.compareAndSet(16, 0, 5));
      assertFalse(words.compareAndSet(16, 0, 6));
      assertTrue(words.compareAndSet(16, 5, 7));
      assertEquals(7, words.get(16));
    }
  }

  @Test
  void allocate_wordsThere_keepsThem() throws Exception {
    try (MappedFile words = disk.map("words", 1 << 20)) {
      words.allocate(4096, 4096);
      words.set(4096, 9);
      words.allocate(0, 1 << 20);
      assertEquals(9, words.get(4096));
      assertEquals(0, words.get(0));
    }
  }

  private static byte[] read(DiskFile file, long offset, int length, boolean onHeap)
      throws IOException {
    MemorySegment into = TestBytes.buffer(onHeap, length + 6, 0x55);
    file.read(offset, into, 3, length);
    assertEquals(0x55, into.get(ValueLayout.JAVA_BYTE, 2));
    assertEquals(0x55, into.get(ValueLayout.JAVA_BYTE, length + 3));
    return into.asSlice(3, length).toArray(ValueLayout.JAVA_BYTE);
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
