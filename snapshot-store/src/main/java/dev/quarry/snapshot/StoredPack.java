package dev.quarry.snapshot;

import dev.quarry.objects.ObjectStore;
import dev.quarry.snapshot.LogBody.Moved;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A pack where it lies, with what its directory says, for those who ask what is in it and not for
/// what it holds.
///
/// @param ref which pack
/// @param object the object that it lies in
/// @param offset where it begins there
/// @param length its length in bytes
/// @param objectBytes the length of the object, which may hold others too
/// @param frames its frames in ascending order, with their offsets in the pack
record StoredPack(
    PackRef ref, String object, long offset, int length, long objectBytes, List<Frame> frames) {
  /// Most directories are no longer, so that they come with their footer.
  private static final int TAIL_BYTES = 16 * 1024;

  /// Whether nothing else lies in its object.
  boolean isAlone() {
    return offset == 0 && length == objectBytes;
  }

  /// Reads what there is to know, but not the frames.
  ///
  /// @param stored the name that trees know
  /// @return nothing if it is not there
  static Optional<StoredPack> read(
      ObjectStore store, Seals seals, PackId stored, Optional<Moved> moved) {
    String object = moved.map(Moved::to).orElse(stored).objectName();
    Optional<ObjectStore.Head> head = Stores.run(() -> store.head(object));
    if (head.isEmpty()) {
      return Optional.empty();
    }
    long offset = moved.map(Moved::offset).orElse(0L);
    int length = Math.toIntExact(moved.map(Moved::length).orElse(head.get().sizeBytes()));
    if (length < PackHeader.BYTES + PackFooter.BYTES) {
      throw new SnapshotException.Corrupt(object, "pack is cut short");
    }
    int tailLength = Math.min(length, TAIL_BYTES);
    Optional<byte[]> header = FrameFetcher.range(store, object, offset, PackHeader.BYTES);
    Optional<byte[]> tail =
        FrameFetcher.range(store, object, offset + length - tailLength, tailLength);
    if (header.isEmpty() || tail.isEmpty()) {
      return Optional.empty();
    }
    PackFooter footer =
        PackFooter.decode(
            object,
            Arrays.copyOfRange(tail.get(), tailLength - PackFooter.BYTES, tailLength),
            length);
    int tailStart = length - tailLength;
    Optional<byte[]> directory =
        footer.directoryOffset() >= tailStart
            ? Optional.of(
                Arrays.copyOfRange(tail.get(), footer.directoryOffset() - tailStart, tailLength))
            : FrameFetcher.range(
                store, object, offset + footer.directoryOffset(), footer.directoryLength());
    if (directory.isEmpty()) {
      return Optional.empty();
    }
    PackId id = PackHeader.decode(object, header.get()).id();
    List<Frame> frames =
        PackReader.frames(seals, object, id, header.get(), footer, directory.get(), 0);
    return Optional.of(
        new StoredPack(
            new PackRef(id, stored), object, offset, length, head.get().sizeBytes(), frames));
  }
}
