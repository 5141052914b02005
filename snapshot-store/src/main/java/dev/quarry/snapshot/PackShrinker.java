package dev.quarry.snapshot;

import dev.quarry.objects.ObjectStore;
import dev.quarry.snapshot.LogBody.Moved;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Writes packs anew without the frames that nobody needs. The others keep their bytes, their
/// numbers and what they are bound to; only the directory is another, sealed under another salt.
final class PackShrinker {
  private final ObjectStore store;
  private final Seals seals;
  private final RandomGenerator random;

  PackShrinker(ObjectStore store, Seals seals, RandomGenerator random) {
    this.store = store;
    this.seals = seals;
    this.random = random;
  }

  /// Puts a copy of a pack under a name of its own, beside the pack.
  ///
  /// @param kept the frames that stay, in ascending order
  /// @return where the pack is to be found once the log says so; nothing if it is not there any
  ///   more
  Optional<Moved> copy(StoredPack pack, List<Frame> kept) {
    Optional<byte[]> bytes = FrameFetcher.range(store, pack.object(), pack.offset(), pack.length());
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    PackFooter.ofPack(
        pack.object(), bytes.get()); // what is damaged is not passed on as if it were not
    byte[] shrunk = shrunk(pack.ref().id(), bytes.get(), kept);
    PackId from = pack.ref().stored();
    PackId to =
        new PackId(from.volume(), from.seq(), random.nextLong(), from.kind(), from.number());
    Stores.run(() -> {
      Stores.putOwn(store, to.objectName(), MemorySegment.ofArray(shrunk), "pack");
      return to;
    });
    return Optional.of(new Moved(from, to, 0, shrunk.length));
  }

  private byte[] shrunk(PackId id, byte[] pack, List<Frame> kept) {
    PackHeader header = new PackHeader(id, seals.scheme(), seals.keyId(), Bits128.random(random));
    byte[] head = header.encode();
    FieldWriter out = new FieldWriter().raw(head);
    List<Frame> moved = new ArrayList<>(kept.size());
    int end = PackHeader.BYTES;
    for (Frame frame : kept) {
      out.raw(Arrays.copyOfRange(pack, frame.offset(), frame.end()));
      moved.add(frame.movedBy(end - frame.offset()));
      end += frame.storedLength();
    }
    byte[] directory = PackDirectory.encode(moved);
    byte[] sealed = new byte[directory.length + Seals.TAG_BYTES];
    try (Seals.Sealer sealer = id.kind().sealer(seals, header.directorySalt().bytes())) {
      sealer.seal(PackBuilder.DIRECTORY_NUMBER, head, directory, 0, directory.length, sealed, 0);
    }
    byte[] covered = out.raw(sealed).toByteArray();
    PackFooter footer =
        new PackFooter(
            end,
            sealed.length,
            moved.size(),
            covered.length + PackFooter.BYTES,
            Checksums.crc32c(covered, 0, covered.length));
    return out.raw(footer.encode()).toByteArray();
  }
}
