package dev.quarry.snapshot;

import dev.quarry.objects.ObjectStore;
import java.util.List;

/// What a collector did.
///
/// @param snapshots deleted ones of which nothing is left
/// @param objects how many were removed for them, and for what failed or was cut short
/// @param bytes the sizes of those objects: packs, roots and pointers
/// @param shrunkPacks packs that were written anew without what nobody needs
/// @param shrunkBytes by how much they are smaller
public record CollectorReport(
    long snapshots, long objects, long bytes, long shrunkPacks, long shrunkBytes) {
  /// Nothing was done.
  public static final CollectorReport NOTHING = new CollectorReport(0, 0, 0, 0, 0);

  static CollectorReport removed(long snapshots, List<ObjectStore.Entry> objects) {
    long bytes = objects.stream().mapToLong(ObjectStore.Entry::sizeBytes).sum();
    return new CollectorReport(snapshots, objects.size(), bytes, 0, 0);
  }

  static CollectorReport shrunk(long packs, long bytes) {
    return new CollectorReport(0, 0, 0, packs, bytes);
  }

  /// Both together.
  public CollectorReport plus(CollectorReport more) {
    return new CollectorReport(
        snapshots + more.snapshots,
        objects + more.objects,
        bytes + more.bytes,
        shrunkPacks + more.shrunkPacks,
        shrunkBytes + more.shrunkBytes);
  }
}
