package dev.quarry.objects;

import java.lang.foreign.MemorySegment;

/// Checks of requests at a store's border.
final class Requests {

  private Requests() {}

  static void checkPut(String name, MemorySegment bytes) {
    ObjectName.check(name);
    if (bytes.byteSize() > ObjectStore.MAX_OBJECT_BYTES) {
      throw new IllegalArgumentException(
          "object is too large name=%s size=%d max=%d"
              .formatted(name, bytes.byteSize(), ObjectStore.MAX_OBJECT_BYTES));
    }
  }

  static void checkRange(String name, long offset, MemorySegment into) {
    ObjectName.check(name);
    if (offset < 0) {
      throw new IllegalArgumentException(
          "negative offset name=%s offset=%d".formatted(name, offset));
    }
    if (into.byteSize() > ObjectStore.MAX_OBJECT_BYTES) {
      throw new IllegalArgumentException(
          "range is longer than any object name=%s length=%d".formatted(name, into.byteSize()));
    }
  }

  /// Refuses a range that an object of this size does not have.
  static void checkInside(String name, long offset, long length, long sizeBytes)
      throws ObjectStoreException.OutOfRange {
    if (offset > sizeBytes - length) {
      throw new ObjectStoreException.OutOfRange(name, offset, length, sizeBytes);
    }
  }

  static void checkList(String prefix, String startAfter, int limit) {
    ObjectName.checkPrefix(prefix);
    ObjectName.checkPrefix(startAfter);
    if (limit < 1 || limit > ObjectStore.MAX_PAGE_ENTRIES) {
      throw new IllegalArgumentException("limit of a page is not 1 to 1000 limit=" + limit);
    }
  }
}
