package dev.quarry.objects;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Knows what was forced of a folder, and so what a loss of power would leave of it.
///
/// The model is the worst that POSIX allows: of a file, the bytes it had when it was last forced;
/// of a folder, the entries it had when it was last forced. Nothing else survives.
final class PowerLoss implements Forcing {

  /// What is to happen around a force.
  interface Moment {
    void check() throws IOException;
  }

  private final Map<Object, byte[]> files = new HashMap<>();
  private final Map<Object, Map<String, Entry>> folders = new HashMap<>();
  private Moment moment = () -> {};

  private record Entry(Object key, boolean folder) {}

  /// Checks something before and after each force from now on.
  void atEveryForce(Moment moment) {
    this.moment = moment;
  }

  @Override
  public void force(Path path) throws IOException {
    moment.check();
    if (Files.isDirectory(path)) {
      folders.put(key(path), entries(path));
    } else {
      files.put(key(path), Files.readAllBytes(path));
    }
    moment.check();
  }

  /// Makes `copy` what a loss of power now would leave of `root`.
  void leave(Path root, Path copy) throws IOException {
    forgetWhatIsGone(root);
    leave(key(root), copy);
  }

  private void leave(Object folder, Path copy) throws IOException {
    Files.createDirectories(copy);
    for (Map.Entry<String, Entry> entry : folders.getOrDefault(folder, Map.of()).entrySet()) {
      Path child = copy.resolve(entry.getKey());
      if (entry.getValue().folder()) {
        leave(entry.getValue().key(), child);
      } else {
        Files.write(child, files.getOrDefault(entry.getValue().key(), new byte[0]));
      }
    }
  }

  /// Makes `copy` what a loss of power would leave if all entries were written already, as they may
  /// be: names that lead to bytes which are not there yet.
  void leaveAllNames(Path root, Path copy) throws IOException {
    Files.createDirectories(copy);
    for (Map.Entry<String, Entry> entry : entries(root).entrySet()) {
      Path child = copy.resolve(entry.getKey());
      if (entry.getValue().folder()) {
        leaveAllNames(root.resolve(entry.getKey()), child);
      } else {
        Files.write(child, files.getOrDefault(entry.getValue().key(), new byte[0]));
      }
    }
  }

  private static Map<String, Entry> entries(Path folder) throws IOException {
    Map<String, Entry> entries = new HashMap<>();
    try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
      for (Path child : children) {
        entries.put(
            child.getFileName().toString(), new Entry(key(child), Files.isDirectory(child)));
      }
    }
    return entries;
  }

  /// A folder made anew may have the number of one that was removed.
  private void forgetWhatIsGone(Path root) throws IOException {
    Set<Object> alive = new HashSet<>();
    try (var paths = Files.walk(root)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        alive.add(key(path));
      }
    }
    folders.keySet().retainAll(alive);
  }

  private static Object key(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }
}
