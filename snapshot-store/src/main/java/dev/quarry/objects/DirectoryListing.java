package dev.quarry.objects;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// One page of a list of a [DirectoryStore], by walking those folders that can have a part of it.
///
/// The order of names is not the order of a walk that sorts each folder by its entries' names: `-`
/// and `.` come before `/`, so that `a-b` comes before `a/b`. A folder is therefore sorted by its
/// name with the `/`.
final class DirectoryListing {
  private final String prefix;
  private final String startAfter;
  private final int limit;
  private final List<ObjectStore.Entry> entries = new ArrayList<>();
  private boolean more;

  private DirectoryListing(String prefix, String startAfter, int limit) {
    this.prefix = prefix;
    this.startAfter = startAfter;
    this.limit = limit;
  }

  static ObjectStore.Page list(Path root, String prefix, String startAfter, int limit)
      throws IOException {
    DirectoryListing listing = new DirectoryListing(prefix, startAfter, limit);
    String folder = prefix.substring(0, prefix.lastIndexOf('/') + 1);
    listing.walk(root.resolve(folder), folder);
    return new ObjectStore.Page(listing.entries, listing.more);
  }

  /// @param folder the beginning of the names of what is in `path`: empty, or with a `/` at its end
  private void walk(Path path, String folder) throws IOException {
    for (Map.Entry<String, Long> child : children(path, folder).entrySet()) {
      String name = child.getKey();
      if (more) {
        return;
      }
      if (name.endsWith("/")) {
        walk(path.resolve(name.substring(folder.length(), name.length() - 1)), name);
      } else if (entries.size() == limit) {
        more = true;
      } else {
        entries.add(new ObjectStore.Entry(name, child.getValue()));
      }
    }
  }

  /// The objects with their sizes, and the folders with a `/`, that belong on this page or later.
  private TreeMap<String, Long> children(Path path, String folder) throws IOException {
    TreeMap<String, Long> found = new TreeMap<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(path)) {
      for (Path child : stream) {
        String name = folder + child.getFileName();
        if (isObject(name) || isOnTheWay(name + "/")) {
          add(child, name, found);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException _) {
      // Nothing has been put there, or it was removed meanwhile.
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return found;
  }

  private void add(Path child, String name, Map<String, Long> found) throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(child, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (attributes.isRegularFile() && isObject(name)) {
        found.put(name, attributes.size());
      } else if (attributes.isDirectory() && isOnTheWay(name + "/")) {
        found.put(name + "/", 0L);
      }
    } catch (NoSuchFileException _) {
      // Deleted meanwhile.
    }
  }

  private boolean isObject(String name) {
    return name.startsWith(prefix) && name.compareTo(startAfter) > 0 && ObjectName.isValid(name);
  }

  private boolean isOnTheWay(String folder) {
    return (folder.startsWith(prefix) || prefix.startsWith(folder))
        && (folder.compareTo(startAfter) > 0 || startAfter.startsWith(folder))
        && ObjectName.isValid(folder.substring(0, folder.length() - 1));
  }
}
