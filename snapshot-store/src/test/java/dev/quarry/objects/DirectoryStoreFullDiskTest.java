package dev.quarry.objects;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A [DirectoryStore] on a file system of one MiB.
class DirectoryStoreFullDiskTest {
  private static final Duration MOUNTING = Duration.ofSeconds(20);

  @TempDir Path folder;
  private Path disk;

  @BeforeEach
  void mount() throws Exception {
    Path point = Files.createDirectory(folder.resolve("disk"));
    try {
      ServerProcess.run(
          folder,
          MOUNTING,
          List.of("mount", "-t", "tmpfs", "-o", "size=1m,nr_inodes=60", "tmpfs", point.toString()));
      disk = point;
    } catch (IOException e) {
      System.out.println("SKIPPED: a full disk needs the right to mount: " + e.getMessage());
      abort("no right to mount");
    }
  }

  @AfterEach
  void unmount() throws Exception {
    if (disk != null) {
      ServerProcess.run(folder, MOUNTING, List.of("umount", disk.toString()));
    }
  }

  @Test
  void put_moreThanThereIsSpaceFor_isFullAndLeavesNothing() throws Exception {
    try (DirectoryStore store = DirectoryStore.open(disk.resolve("store"))) {
      byte[] most = TestObjects.bytes(1, 600 * 1024);
      store.putIfAbsent("a/1", most);

      assertThrows(ObjectStoreException.Full.class, () -> store.putIfAbsent("b/2", most));
      assertThrows(ObjectStoreException.Full.class, () -> store.putIfAbsent("b/3", most));

      assertEquals(List.of("a/1"), TestObjects.names(store, "", 10));
      assertArrayEquals(most, store.get("a/1").orElseThrow());
      assertEquals(0, incoming());
      store.delete("a/1");
      store.putIfAbsent("b/2", most);
      assertArrayEquals(most, store.get("b/2").orElseThrow());
    }
  }

  @Test
  void put_withoutRoomForNames_fails() throws Exception {
    try (DirectoryStore store = DirectoryStore.open(disk.resolve("store"))) {
      ObjectStoreException e =
          assertThrows(
              ObjectStoreException.class,
              () -> {
                for (int i = 0; i < 100; i++) {
                  store.putIfAbsent("folder-" + i + "/o", new byte[1]);
                }
              });
      assertTrue(
          e instanceof ObjectStoreException.Full || e instanceof ObjectStoreException.Unavailable,
          e.toString());
      assertEquals(0, incoming());
      List<String> names = TestObjects.names(store, "", 10);
      assertTrue(names.size() > 10, "objects " + names.size());
      for (String name : names) {
        assertEquals(1, store.get(name).orElseThrow().length);
      }
    }
  }

  private long incoming() throws IOException {
    try (Stream<Path> files = Files.list(disk.resolve("store/.incoming"))) {
      return files.count();
    }
  }
}
