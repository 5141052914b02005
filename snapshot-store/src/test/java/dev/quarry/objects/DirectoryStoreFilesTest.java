package dev.quarry.objects;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.objects.ObjectStore.Put;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a [DirectoryStore] does to its folder.
class DirectoryStoreFilesTest {
  private static final byte[] BYTES = TestObjects.bytes(1, 5000);

  @TempDir Path folder;
  private Path root;
  private Path incoming;
  private DirectoryStore store;

  @BeforeEach
  void openStore() throws Exception {
    root = folder.resolve("store");
    incoming = root.resolve(".incoming");
    store = DirectoryStore.open(root);
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void object_isAPlainFileForItsOwnerOnly() throws Exception {
    store.putIfAbsent("a/b/c", BYTES);
    Path file = root.resolve("a/b/c");
    assertArrayEquals(BYTES, Files.readAllBytes(file));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(root)));
    assertEquals(List.of(), children(incoming));
  }

  @Test
  void put_refusedOrExisting_leavesNothingIncoming() throws Exception {
    store.putIfAbsent("a/b", BYTES);
    assertEquals(Put.EXISTED, store.putIfAbsent("a/b", new byte[1]));
    assertThrows(IllegalArgumentException.class, () -> store.putIfAbsent("a", BYTES));
    assertThrows(IllegalArgumentException.class, () -> store.putIfAbsent("a/b/c", BYTES));
    assertEquals(List.of(), children(incoming));
  }

  @Test
  void open_afterACrash_removesUnfinishedFilesOnly() throws Exception {
    Files.write(incoming.resolve("left-by-a-crash"), BYTES);
    store.putIfAbsent("a", BYTES);
    try (IncomingFile live = IncomingFile.create(incoming)) {
      DirectoryStore.open(root).close();

      assertEquals(List.of(live.path()), children(incoming));
      assertArrayEquals(BYTES, store.get("a").orElseThrow());
    }
  }

  @Test
  void delete_lastOfAFolder_removesTheFolders() throws Exception {
    store.putIfAbsent("a/b/c/d", BYTES);
    store.putIfAbsent("a/x", BYTES);
    store.delete("a/b/c/d");
    assertEquals(List.of(root.resolve("a/x")), children(root.resolve("a")));
    store.delete("a/x");
    assertEquals(List.of(incoming), children(root));
  }

  @Test
  void puts_whileTheirFolderComesAndGoes_succeed() throws Exception {
    List<Callable<Put>> tasks = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      String name = "a/b/c/" + i;
      tasks.add(() -> {
        Put last = Put.EXISTED;
        for (int round = 0; round < 10; round++) {
          last = store.putIfAbsent(name, new byte[10]);
          store.delete(name);
        }
        return last;
      });
    }
    assertEquals(8, Collections.frequency(TestObjects.race(tasks), Put.CREATED));
    assertEquals(List.of(incoming), children(root));
  }

  /// Two stores on one folder, as two processes would have them.
  @Test
  void writersOfTwoStores_haveOneWinnerEach() throws Exception {
    try (DirectoryStore other = DirectoryStore.open(root)) {
      for (int round = 0; round < 10; round++) {
        String name = "race/" + round;
        List<Callable<Put>> writers = new ArrayList<>();
        for (int writer = 0; writer < 8; writer++) {
          DirectoryStore one = writer % 2 == 0 ? store : other;
          byte[] bytes = TestObjects.bytes(writer, 100);
          writers.add(() -> one.putIfAbsent(name, bytes));
        }
        assertEquals(1, Collections.frequency(TestObjects.race(writers), Put.CREATED));
      }
      assertEquals(10, TestObjects.names(other, "race/", 3).size());
    }
  }

  @Test
  void get_changedByte_isCorrupt() throws Exception {
    store.putIfAbsent("a", BYTES);
    byte[] wrong = BYTES.clone();
    wrong[4321] ^= 1;
    Files.write(root.resolve("a"), wrong, StandardOpenOption.TRUNCATE_EXISTING);
    ObjectStoreException e = assertThrows(ObjectStoreException.Corrupt.class, () -> store.get("a"));
    assertTrue(e.getMessage().contains("name=a"), e.getMessage());
  }

  @Test
  void get_cutFile_isCorruptOrOutOfRange() throws Exception {
    store.putIfAbsent("a", BYTES);
    Files.write(root.resolve("a"), new byte[10], StandardOpenOption.TRUNCATE_EXISTING);
    assertThrows(ObjectStoreException.Corrupt.class, () -> store.get("a"));
    assertThrows(ObjectStoreException.OutOfRange.class, () -> store.getRange("a", 0, 11));
  }

  @Test
  void get_copyWithoutItsChecksum_isNotVerified() throws Exception {
    store.putIfAbsent("a", BYTES);
    attributes().delete("quarry.crc32c");
    assertArrayEquals(BYTES, store.get("a").orElseThrow());
    assertEquals(OptionalInt.empty(), store.head("a").orElseThrow().crc32c());
  }

  @Test
  void get_checksumThatIsNone_isCorrupt() throws Exception {
    store.putIfAbsent("a", BYTES);
    attributes().write("quarry.crc32c", ByteBuffer.wrap("what?".getBytes(StandardCharsets.UTF_8)));
    assertThrows(ObjectStoreException.Corrupt.class, () -> store.get("a"));
    assertThrows(ObjectStoreException.Corrupt.class, () -> store.head("a"));
  }

  private UserDefinedFileAttributeView attributes() {
    return Files.getFileAttributeView(root.resolve("a"), UserDefinedFileAttributeView.class);
  }

  @Test
  void linksAndForeignFiles_areNoObjects() throws Exception {
    Path secret = Files.write(folder.resolve("secret"), BYTES);
    Files.createSymbolicLink(root.resolve("link"), secret);
    Files.write(root.resolve(".hidden"), BYTES);
    Files.write(root.resolve("with space"), BYTES);
    store.putIfAbsent("a", BYTES);

    assertEquals(Optional.empty(), store.get("link"));
    assertEquals(Optional.empty(), store.head("link"));
    assertFalse(store.getRange("link", 0, MemorySegment.ofArray(new byte[1])));
    assertEquals(List.of("a"), TestObjects.names(store, "", 10));
    store.delete("link");
    assertTrue(Files.exists(secret));
    assertEquals(Put.EXISTED, store.putIfAbsent("link", BYTES));
    assertArrayEquals(BYTES, Files.readAllBytes(secret));
  }

  @Test
  void put_fileThatCannotBeForced_leavesNothing() throws Exception {
    try (DirectoryStore failing =
        DirectoryStore.open(
            root,
            path -> {
              if (!Files.isDirectory(path)) {
                throw new IOException("disk says no");
              }
            })) {
      assertThrows(ObjectStoreException.Unavailable.class, () -> failing.putIfAbsent("a/b", BYTES));
      assertEquals(List.of(incoming), children(root));
      assertEquals(List.of(), children(incoming));
    }
  }

  /// The kernel tells of a failed force once: a further put must not be believed.
  @Test
  void put_afterAFolderCouldNotBeForced_isRefused() throws Exception {
    boolean[] fails = {true};
    try (DirectoryStore failing =
        DirectoryStore.open(
            root,
            path -> {
              if (fails[0] && Files.isDirectory(path)) {
                throw new IOException("disk says no");
              }
            })) {
      assertThrows(ObjectStoreException.Unavailable.class, () -> failing.putIfAbsent("a/b", BYTES));
      fails[0] = false;
      assertThrows(ObjectStoreException.Unavailable.class, () -> failing.putIfAbsent("a/b", BYTES));
      assertThrows(ObjectStoreException.Unavailable.class, () -> failing.putIfAbsent("c", BYTES));
      assertThrows(ObjectStoreException.Unavailable.class, () -> failing.delete("a/b"));
      assertTrue(failing.get("a/b").isPresent());
    }
  }

  @Test
  void interruptedThread_putIsStoppedAndLeavesNothing() throws Exception {
    store.putIfAbsent("there", BYTES);
    Thread.currentThread().interrupt();
    try {
      assertThrows(ObjectStoreException.Stopped.class, () -> store.putIfAbsent("a", BYTES));
      assertTrue(Thread.currentThread().isInterrupted());
    } finally {
      Thread.interrupted();
    }
    assertEquals(List.of(), children(incoming));
    assertEquals(List.of("there"), TestObjects.names(store, "", 10));
  }

  @Test
  void get_fileLargerThanAnyObject_isCorrupt() throws Exception {
    store.putIfAbsent("large", BYTES);
    try (RandomAccessFile file = new RandomAccessFile(root.resolve("large").toFile(), "rw")) {
      file.setLength(1L << 40); // sparse; nobody has memory for it
    }
    assertThrows(ObjectStoreException.Corrupt.class, () -> store.get("large"));
  }

  @Test
  void open_whereAFileIs_fails() throws Exception {
    Path file = Files.write(folder.resolve("file"), BYTES);
    assertThrows(ObjectStoreException.class, () -> DirectoryStore.open(file));
    assertThrows(ObjectStoreException.class, () -> DirectoryStore.open(file.resolve("below")));
  }

  private static List<Path> children(Path folder) throws IOException {
    try (var paths = Files.list(folder)) {
      return paths.sorted().toList();
    }
  }
}
