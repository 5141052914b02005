package dev.quarry.snapshot;

import dev.quarry.objects.ObjectStore;
import dev.quarry.objects.ObjectStoreException;
import dev.quarry.snapshot.LogBody.Moved;
import dev.quarry.snapshot.Redirects.MovedPack;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    StoredFrames stored = stored(run);
    try (FrameOpener opener = new FrameOpener(seals)) {
      List<byte[]> contents = new ArrayList<>(run.size());
      for (FrameRef ref : run) {
        byte[] plain = new byte[ref.frame().plainLength()];
        opener.open(stored, ref, plain);
        contents.add(plain);
      }
      return contents;
    }
  }

  /// The same frames as they are stored.
  StoredFrames stored(List<FrameRef> run) {
    PackRef pack = run.getFirst().pack();
    List<Frame> frames = run.stream().map(FrameRef::frame).toList();
    Optional<Moved> moved = redirects.known(pack);
    while (true) {
      try {
        return moved.isPresent()
            ? moved(frames, redirects.open(pack, moved.get()))
            : stored(frames, pack.stored().objectName());
      } catch (SnapshotException.Corrupt e) {
        // Perhaps it was written anew since the log was read. Each time round needs another entry.
        Optional<Moved> now = e.isMissing() ? redirects.readAnew(pack) : moved;
        if (now.equals(moved)) {
          throw e;
        }
        moved = now;
      }
    }
  }

  private StoredFrames moved(List<Frame> wanted, MovedPack moved) {
    List<Frame> frames = new ArrayList<>(wanted.size());
    for (Frame frame : wanted) {
      Frame there = moved.frames().get(frame.number());
      if (there == null || !there.isSameApartFromOffset(frame)) {
        throw new SnapshotException.Corrupt(
            moved.object(), "moved pack does not have a frame number=" + frame.number());
      }
      frames.add(there);
    }
    return stored(frames, moved.object());
  }

  private StoredFrames stored(List<Frame> frames, String object) {
    return stored(
        frames,
        range(store, object, frames.getFirst().offset(), lengthOf(frames))
            .orElseThrow(() -> SnapshotException.Corrupt.missing(object, "pack")));
  }

  private static StoredFrames stored(List<Frame> frames, byte[] bytes) {
    int start = frames.getFirst().offset();
    Map<Integer, Integer> offsets = new HashMap<>();
    frames.forEach(frame -> offsets.put(frame.number(), frame.offset() - start));
    return new StoredFrames(bytes, offsets);
  }

  /// Up to the end of the one that ends last.
  private static int lengthOf(List<Frame> frames) {
    int end = frames.stream().mapToInt(Frame::end).max().orElseThrow();
    return end - frames.getFirst().offset();
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
