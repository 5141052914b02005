package dev.quarry.objects;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Named, write-once objects. An object is made whole by [#putIfAbsent], read, listed and deleted;
/// it is never changed.
///
/// **Consistency.** Every store is strongly consistent: once a put or a delete has returned, each
/// later get, head and list, by whatever process, shows its effect. Of any number of puts of one
/// name exactly one creates the object, as long as it is not deleted. An object is never seen in
/// part. When a put or a delete returns, its effect is durable. [StoreProbe] tests what it can of
/// this on a real store before it is relied on.
///
/// **Names** look like `a/b/c`: see [ObjectName] for the rules. No object's name may be a folder of
/// another's (`a` and `a/b`): a store that is a folder cannot hold both.
///
/// **Checksums.** Every object is put with the CRC32C of its bytes. A get of a whole object
/// verifies it where the store has kept it; a get of a part cannot, so parts need a checksum of
/// their own inside.
///
/// **Errors** are [ObjectStoreException]s. That an object is absent is an answer, not an error.
/// After an error of [#putIfAbsent] or [#delete] the effect may have happened, or may still happen,
/// unless the kind says otherwise. A name, size or limit outside the rules is an
/// IllegalArgumentException, before the store is asked.
///
/// **Threads.** Stores are safe for use by many threads, and calls block. A call that waits while
/// its thread is interrupted ends with [ObjectStoreException.Stopped]; the thread stays marked as
/// interrupted.
public interface ObjectStore extends AutoCloseable {

  /// The largest object, in bytes: the 16 MiB of a pack of frames, and room for what a writer can
  /// only know once it is full.
  int MAX_OBJECT_BYTES = 17 * 1024 * 1024;

  /// The most entries that one page of a list has (the limit of Amazon S3's ListObjectsV2).
  int MAX_PAGE_ENTRIES = 1000;

  /// What became of a [#putIfAbsent].
  enum Put {
    /// The object is there and is the one that was put.
    CREATED,
    /// An object of this name was there before, whatever it holds. Nothing was changed.
    EXISTED
  }

  /// What a store tells of an object without reading it.
  ///
  /// @param sizeBytes its size
  /// @param crc32c the CRC32C that it was put with, where the store has kept it
  record Head(long sizeBytes, OptionalInt crc32c) {}

  /// An object in a list.
  record Entry(String name, long sizeBytes) {}

  /// A page of a list.
  ///
  /// @param entries objects in the order of their names, byte by byte
  /// @param more whether there are further ones: list again, starting after the last entry
  record Page(List<Entry> entries, boolean more) {
    public Page {
      entries = List.copyOf(entries);
      if (more && entries.isEmpty()) {
        throw new IllegalArgumentException("a page without entries cannot be followed by another");
      }
    }
  }

  /// Makes an object, unless one of this name is there.
  ///
  /// The bytes are those between the segment's bounds; they must not change until this returns and
  /// are not kept. Writers that race for a name should put something unique to each in the bytes:
  /// it lets a writer whose answer was lost find out whether the object is its own.
  ///
  /// @param bytes at most [#MAX_OBJECT_BYTES], native or on the heap
  Put putIfAbsent(String name, MemorySegment bytes) throws ObjectStoreException;

  /// Makes an object from an array, unless one of this name is there.
  default Put putIfAbsent(String name, byte[] bytes) throws ObjectStoreException {
    return putIfAbsent(name, MemorySegment.ofArray(bytes));
  }

  /// Reads a whole object and verifies it where the store has kept its checksum.
  ///
  /// @return its bytes, or nothing if there is no such object
  Optional<byte[]> get(String name) throws ObjectStoreException;

  /// Reads a part of an object: as many bytes from `offset` as `into` has. After an error or
  /// `false`, `into` holds anything.
  ///
  /// @return false if there is no such object
  /// @throws ObjectStoreException.OutOfRange if the object ends earlier
  boolean getRange(String name, long offset, MemorySegment into) throws ObjectStoreException;

  /// Reads a part of an object into a new array.
  ///
  /// @return exactly `length` bytes, or nothing if there is no such object
  /// @throws ObjectStoreException.OutOfRange if the object ends earlier
  default Optional<byte[]> getRange(String name, long offset, int length)
      throws ObjectStoreException {
    if (length < 0 || length > MAX_OBJECT_BYTES) {
      throw new IllegalArgumentException("length is no part of an object length=" + length);
    }
    byte[] bytes = new byte[length];
    return getRange(name, offset, MemorySegment.ofArray(bytes))
        ? Optional.of(bytes)
        : Optional.empty();
  }

  /// An object's size, or nothing if there is no such object.
  Optional<Head> head(String name) throws ObjectStoreException;

  /// The objects whose names begin with `prefix` and come after `startAfter`, in the order of their
  /// names, byte by byte. Objects made or deleted between two pages may be missed or shown.
  ///
  /// @param prefix the beginning of a name, which need not end at a `/`; empty for all
  /// @param startAfter a name or the beginning of one, which need not be there; empty to start with
  ///   the first
  /// @param limit the most entries to give, 1 to [#MAX_PAGE_ENTRIES]
  Page list(String prefix, String startAfter, int limit) throws ObjectStoreException;

  /// Deletes an object if it is there.
  void delete(String name) throws ObjectStoreException;

  /// Releases what the store holds: connections, threads, files. Calls under way end with
  /// [ObjectStoreException.Stopped] or as if nothing happened, and later calls with the former. A
  /// wrapper closes what it wraps.
  @Override
  void close();
}
