package dev.quarry.objects;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/// The objects of another store whose names are in one folder, by the rest of their names.
public final class PrefixedStore extends FilterStore {
  private final String folder;

  private PrefixedStore(ObjectStore next, String folder) {
    super(next);
    this.folder = folder;
  }

  /// Shows only what is in a folder.
  ///
  /// @param folder a name without a `/` at its end; names inside must leave room for it
  public static PrefixedStore of(ObjectStore next, String folder) {
    return new PrefixedStore(next, ObjectName.check(folder) + "/");
  }

  @Override
  public Put putIfAbsent(String name, MemorySegment bytes) throws ObjectStoreException {
    return next().putIfAbsent(outer(name), bytes);
  }

  @Override
  public Optional<byte[]> get(String name) throws ObjectStoreException {
    return next().get(outer(name));
  }

  @Override
  public boolean getRange(String name, long offset, MemorySegment into)
      throws ObjectStoreException {
    return next().getRange(outer(name), offset, into);
  }

  @Override
  public Optional<Head> head(String name) throws ObjectStoreException {
    return next().head(outer(name));
  }

  @Override
  public Page list(String prefix, String startAfter, int limit) throws ObjectStoreException {
    Requests.checkList(prefix, startAfter, limit);
    Page page = next().list(folder + prefix, folder + startAfter, limit);
    List<Entry> entries =
        page.entries().stream()
            .map(entry -> new Entry(entry.name().substring(folder.length()), entry.sizeBytes()))
            .toList();
    return new Page(entries, page.more());
  }

  @Override
  public void delete(String name) throws ObjectStoreException {
    next().delete(outer(name));
  }

  /// Checked before it is prefixed, so that an empty name is not the folder's own.
  private String outer(String name) {
    return folder + ObjectName.check(name);
  }

  @Override
  public String toString() {
    return "PrefixedStore(" + next() + ", " + folder + ")";
  }
}
