package dev.quarry.objects;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/// A store in memory, for tests and for embedding; what it holds is gone with it.
///
/// It is as strict as the strictest store: a name that is a folder of another's is an
/// IllegalArgumentException, as in a [DirectoryStore].
public final class MemoryStore implements ObjectStore {

  private record Stored(byte[] bytes, int crc32c) {}

  private final TreeMap<String, Stored> objects = new TreeMap<>(); // guarded by this
  private boolean closed; // guarded by this

  private MemoryStore() {}

  /// Makes a store that holds nothing.
  public static MemoryStore create() {
    return new MemoryStore();
  }

  @Override
  public Put putIfAbsent(String name, MemorySegment bytes) throws ObjectStoreException {
    Requests.checkPut(name, bytes);
    byte[] copy = bytes.toArray(ValueLayout.JAVA_BYTE);
    Stored fresh = new Stored(copy, Crc32c.of(bytes));
    synchronized (this) {
      checkOpen();
      checkFolders(name);
      return objects.putIfAbsent(name, fresh) == null ? Put.CREATED : Put.EXISTED;
    }
  }

  @Override
  public Optional<byte[]> get(String name) throws ObjectStoreException {
    ObjectName.check(name);
    Stored stored = find(name);
    if (stored == null) {
      return Optional.empty();
    }
    byte[] bytes = stored.bytes.clone();
    Crc32c.verify(name, bytes, stored.crc32c);
    return Optional.of(bytes);
  }

  @Override
  public boolean getRange(String name, long offset, MemorySegment into)
      throws ObjectStoreException {
    Requests.checkRange(name, offset, into);
    Stored stored = find(name);
    if (stored == null) {
      return false;
    }
    Requests.checkInside(name, offset, into.byteSize(), stored.bytes.length);
    MemorySegment.copy(MemorySegment.ofArray(stored.bytes), offset, into, 0, into.byteSize());
    return true;
  }

  @Override
  public Optional<Head> head(String name) throws ObjectStoreException {
    ObjectName.check(name);
    return Optional.ofNullable(find(name))
        .map(stored -> new Head(stored.bytes.length, OptionalInt.of(stored.crc32c)));
  }

  @Override
  public synchronized Page list(String prefix, String startAfter, int limit)
      throws ObjectStoreException {
    Requests.checkList(prefix, startAfter, limit);
    checkOpen();
    boolean afterPrefix = startAfter.compareTo(prefix) >= 0;
    SortedMap<String, Stored> candidates =
        objects.tailMap(afterPrefix ? startAfter : prefix, !afterPrefix);
    List<Entry> entries = new ArrayList<>();
    for (var candidate : candidates.entrySet()) {
      if (!candidate.getKey().startsWith(prefix)) {
        break;
      }
      if (entries.size() == limit) {
        return new Page(entries, true);
      }
      entries.add(new Entry(candidate.getKey(), candidate.getValue().bytes.length));
    }
    return new Page(entries, false);
  }

  @Override
  public synchronized void delete(String name) throws ObjectStoreException {
    ObjectName.check(name);
    checkOpen();
    objects.remove(name);
  }

  @Override
  public synchronized void close() {
    closed = true;
    objects.clear();
  }

  @Override
  public String toString() {
    return "MemoryStore";
  }

  private synchronized Stored find(String name) throws ObjectStoreException {
    checkOpen();
    return objects.get(name);
  }

  private void checkFolders(String name) {
    String inside = objects.higherKey(name + "/");
    if (inside != null && inside.startsWith(name + "/")) {
      throw new IllegalArgumentException(
          "object name is a folder of another name=%s other=%s".formatted(name, inside));
    }
    for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
      String folder = name.substring(0, slash);
      if (objects.containsKey(folder)) {
        throw new IllegalArgumentException(
            "object name has a folder that is an object name=%s other=%s".formatted(name, folder));
      }
    }
  }

  private void checkOpen() throws ObjectStoreException {
    if (closed) {
      throw new ObjectStoreException.Stopped("store is closed store=MemoryStore", null);
    }
  }
}
