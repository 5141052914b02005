package dev.quarry.snapshot;

import dev.quarry.objects.ObjectStore;
import dev.quarry.objects.ObjectStoreException;
import java.util.ArrayList;
import java.util.List;

/// Gets frames from packs: everything a snapshot is made of, apart from roots, is read here.
///
/// Safe for use by many threads.
final class FrameFetcher {
  private final ObjectStore store;
  private final Seals seals;

  FrameFetcher(ObjectStore store, Seals seals) {
    this.store = store;
    this.seals = seals;
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
    int start = run.getFirst().frame().offset();
    Frame last = run.getLast().frame();
    byte[] stored = range(pack, start, last.offset() + last.storedLength() - start);
    List<byte[]> contents = new ArrayList<>(run.size());
    try (Seals.Sealer sealer = pack.id().kind().sealer(seals, pack.id().salt())) {
      for (FrameRef ref : run) {
        assert ref.pack().equals(pack);
        contents.add(
            FrameDecoder.decode(sealer, pack, ref.frame(), stored, ref.frame().offset() - start));
      }
    }
    return contents;
  }

  private byte[] range(PackRef pack, int offset, int length) {
    String name = pack.stored().objectName();
    try {
      return store
          .getRange(name, offset, length)
          .orElseThrow(() -> new SnapshotException.Corrupt(name, "pack is missing"));
    } catch (ObjectStoreException.OutOfRange e) {
      throw new SnapshotException.Corrupt(name, "pack is cut short", e);
    } catch (ObjectStoreException e) {
      throw Stores.translated(e);
    }
  }
}
