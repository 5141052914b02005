package dev.quarry.snapshot;

import dev.quarry.objects.ObjectStore;
import dev.quarry.objects.ObjectStoreException;
import dev.quarry.snapshot.Redirects.MovedPack;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Gets frames from packs: everything a snapshot is made of, apart from roots, is read here.
///
/// Safe for use by many threads.
final class FrameFetcher {
  private final ObjectStore store;
  private final Seals seals;
  private final Redirects redirects;

  FrameFetcher(ObjectStore store, Seals seals, Redirects redirects) {
    this.store = store;
    this.seals = seals;
    this.redirects = redirects;
  }

  Seals seals() {
    return seals;
  }

  /// The contents of a frame.
  byte[] fetch(FrameRef ref) {
    return fetchRun(List.of(ref)).getFirst();
  }

  /// The contents of frames that lie in one pack in ascending order, got with one request for all
  /// from the first to the last.
  List<byte[]> fetchRun(List<FrameRef> run) {
    PackRef pack = run.getFirst().pack();
    List<Frame> frames = run.stream().map(FrameRef::frame).toList();
    frames.forEach(frame -> checkLength(pack, frame));
    Optional<MovedPack> moved = redirects.known(pack);
    if (moved.isPresent()) {
      return fetchMoved(pack, frames, moved.get());
    }
    String name = pack.stored().objectName();
    Optional<byte[]> stored = range(store, name, frames.getFirst().offset(), lengthOf(frames));
    if (stored.isPresent()) {
      return decode(pack, frames, stored.get());
    }
    // Perhaps it was written anew since the log was read.
    return fetchMoved(
        pack,
        frames,
        redirects
            .readAnew(pack)
            .orElseThrow(() -> new SnapshotException.Corrupt(name, "pack is missing")));
  }

  private List<byte[]> fetchMoved(PackRef pack, List<Frame> wanted, MovedPack moved) {
    List<Frame> frames = new ArrayList<>(wanted.size());
    for (Frame frame : wanted) {
      Frame there = moved.frames().get(frame.number());
      if (there == null || !there.isSameApartFromOffset(frame)) {
        throw new SnapshotException.Corrupt(
            moved.object(), "moved pack does not have a frame number=" + frame.number());
      }
      frames.add(there);
    }
    byte[] stored =
        range(store, moved.object(), frames.getFirst().offset(), lengthOf(frames))
            .orElseThrow(() -> new SnapshotException.Corrupt(moved.object(), "pack is missing"));
    return decode(pack, frames, stored);
  }

  private static void checkLength(PackRef pack, Frame frame) {
    if (!frame.isLongEnoughAndNoLonger()) {
      throw new SnapshotException.Corrupt(
          pack.stored().objectName(),
          "frame has another length than its contents frame=" + frame.number());
    }
  }

  /// Up to the end of the one that ends last.
  private static int lengthOf(List<Frame> frames) {
    int end = frames.stream().mapToInt(f -> f.offset() + f.storedLength()).max().orElseThrow();
    return end - frames.getFirst().offset();
  }

  private List<byte[]> decode(PackRef pack, List<Frame> frames, byte[] stored) {
    int start = frames.getFirst().offset();
    List<byte[]> contents = new ArrayList<>(frames.size());
    try (Seals.Sealer sealer = pack.id().kind().sealer(seals, pack.id().salt())) {
      for (Frame frame : frames) {
        contents.add(FrameDecoder.decode(sealer, pack, frame, stored, frame.offset() - start));
      }
    }
    return contents;
  }

  /// A range of an object, or nothing if the object is not there.
  static Optional<byte[]> range(ObjectStore store, String name, long offset, int length) {
    try {
      return store.getRange(name, offset, length);
    } catch (ObjectStoreException.OutOfRange e) {
      throw new SnapshotException.Corrupt(name, "pack is cut short", e);
    } catch (ObjectStoreException e) {
      throw Stores.translated(e);
    }
  }
}
