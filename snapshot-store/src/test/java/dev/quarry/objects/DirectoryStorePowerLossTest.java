package dev.quarry.objects;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// At every force of a history, and after every call of it: what was reported is there after a loss
/// of power, and nothing is there in part.
class DirectoryStorePowerLossTest {
  @TempDir Path folder;

  private final PowerLoss power = new PowerLoss();
  private final Map<String, byte[]> bytes = new HashMap<>();
  private final Map<String, byte[]> reported = new TreeMap<>();
  private Path root;
  private int crashes;

  @Test
  void history_powerLostAtAnyForce_keepsWhatWasReported() throws Exception {
    root = folder.resolve("made/for/it");
    try (ObjectStore store = DirectoryStore.open(root, power)) {
      assertTrue(reachable(), "the folders that lead to the store are durable");
      power.atEveryForce(this::crash);
      put(store, "a/b/c");
      put(store, "a/b/d");
      put(store, "a/e");
      put(store, "f");
      put(store, "a/b/c");
      delete(store, "a/b/c");
      delete(store, "a/b/d");
      put(store, "a/b/g");
      delete(store, "a/b/g");
      Files.createDirectory(root.resolve("a/b")); // by another process, not forced yet
      put(store, "a/b/g");
      delete(store, "a/b/g");
      delete(store, "a/e");
      put(store, "a/b/c");
      put(store, "a/b/x/y/z");
    }
    assertTrue(crashes > 60, "crashes " + crashes);
  }

  private void put(ObjectStore store, String name) throws Exception {
    bytes.putIfAbsent(name, TestObjects.bytes(bytes.size(), 1000 + bytes.size()));
    store.putIfAbsent(name, bytes.get(name));
    reported.put(name, bytes.get(name));
    crash();
  }

  private void delete(ObjectStore store, String name) throws Exception {
    reported.remove(name);
    store.delete(name);
    crash();
    assertEquals(reported.keySet(), Map.copyOf(survivors()).keySet(), "after delete of " + name);
  }

  private void crash() throws IOException {
    crashes++;
    Map<String, byte[]> survivors = survivors();
    reported.forEach(
        (name, expected) -> assertArrayEquals(expected, survivors.get(name), name + " is lost"));
    checkWhole(survivors);
    Path ahead = folder.resolve("ahead-" + crashes);
    power.leaveAllNames(root, ahead);
    checkWhole(read(ahead));
  }

  private Map<String, byte[]> survivors() throws IOException {
    Path left = Files.createTempDirectory(folder, "left");
    power.leave(root, left);
    return read(left);
  }

  private void checkWhole(Map<String, byte[]> objects) {
    objects.forEach((name, there) -> assertArrayEquals(bytes.get(name), there, name));
  }

  private static Map<String, byte[]> read(Path root) {
    Map<String, byte[]> objects = new HashMap<>();
    try (ObjectStore store = DirectoryStore.open(root)) {
      for (ObjectStore.Entry entry : store.list("", "", 1000).entries()) {
        objects.put(entry.name(), store.get(entry.name()).orElseThrow());
      }
      return objects;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Whether the folders above the root, which the store made, survive too.
  private boolean reachable() throws IOException {
    Path left = folder.resolve("whole");
    power.leave(folder, left);
    return Files.isDirectory(left.resolve(folder.relativize(root)));
  }
}
