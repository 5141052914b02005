package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.objects.MemoryStore;
import dev.quarry.volume.ChunkLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Snapshots whose packs were written anew behind their backs.
class RedirectsTest {
  private static final int CHUNK = ChunkLayout.CHUNK_BYTES;
  private static final PackId TARGET = new PackId(Samples.VOLUME, 1, 99, PackKind.DATA, 0);

  private final MemoryStore store = MemoryStore.create();
  private final Random random = new Random(3);
  private Seals seals;
  private SnapshotService service;
  private LineageLog log;
  private byte[] contents;
  private SnapshotId id;

  @BeforeEach
  void begin() {
    seals = Samples.encrypted(1);
    service = fresh();
    service.takeOver(Samples.VOLUME);
    ByteVolume volume = new ByteVolume(40 * CHUNK);
    volume.write(0, Samples.bytes(1, 20 * CHUNK));
    contents = volume.contents();
    PendingSnapshot pending =
        Samples.begin(
            service,
            new SnapshotRequest(
                Samples.VOLUME,
                volume.freeze(0),
                Optional.empty(),
                "",
                Map.of(),
                Map.of(),
                Hints.NONE),
            5);
    pending.await();
    id = pending.id();
    log =
        LineageLog.open(store, seals, Samples.VOLUME, Anchors.none(), Samples.CLOCK, new Random(7));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void read_ofPacksMovedIntoOneObject_followsThem(boolean inMidst) throws Exception {
    SnapshotReader reader = service.reader(id); // opened before: it finds the old names empty
    if (!inMidst) {
      move(packs());
      reader = service.reader(id);
    } else {
      reader.entry(0);
      move(packs());
    }
    assertArrayEquals(contents, Restores.whole(reader));
    assertArrayEquals(contents, Restores.byChunks(new SnapshotSource(reader)));
  }

  @Test
  void read_ofAShrunkPack_findsFramesWhereTheyAre() throws Exception {
    PackId first = packs().getFirst();
    byte[] bytes = store.get(first.objectName()).orElseThrow();
    PackReader pack = PackReader.open(seals, "p", first, bytes);
    Moved shrunk = shrunk(first, bytes, pack.frames().subList(5, pack.frames().size()));
    replace(List.of(first), shrunk.bytes(), List.of(shrunk.length()));
    SnapshotReader reader = service.reader(id);
    byte[] chunk = new byte[CHUNK];
    reader.read(7, chunk);
    assertArrayEquals(Arrays.copyOfRange(contents, 7 * CHUNK, 8 * CHUNK), chunk);
    var e = assertThrows(SnapshotException.Corrupt.class, () -> reader.read(0, chunk));
    assertTrue(e.getMessage().contains("does not have a frame"), e.getMessage());
  }

  @Test
  void read_ofAMovedPackThatIsDamagedOrGone_isRefused() throws Exception {
    move(packs());
    byte[] right = store.get(TARGET.objectName()).orElseThrow();
    store.delete(TARGET.objectName());
    assertThrows(SnapshotException.Corrupt.class, () -> Restores.whole(fresh().reader(id)));
    for (int at : new int[] {10, 100, right.length - 3, right.length - 100}) {
      byte[] damaged = right.clone();
      damaged[at] ^= 1;
      store.putIfAbsent(TARGET.objectName(), damaged);
      assertThrows(
          SnapshotException.Corrupt.class, () -> Restores.whole(fresh().reader(id)), "at " + at);
      store.delete(TARGET.objectName());
    }
  }

  private SnapshotService fresh() {
    return new SnapshotService(
        store,
        _ -> seals,
        Anchors.none(),
        Samples.CLOCK,
        new Random(random.nextLong()),
        new WriterLimits(1, 4, 1 << 20));
  }

  private List<PackId> packs() {
    List<PackId> packs = new ArrayList<>();
    SnapshotRoot root = service.reader(id).root();
    for (SnapshotRoot.PackRun run : root.ownPacks()) {
      for (int i = 0; i < run.count(); i++) {
        packs.add(new PackId(Samples.VOLUME, 1, run.attempt(), run.kind(), run.first() + i));
      }
    }
    return packs;
  }

  private record Moved(byte[] bytes, int length) {}

  /// A copy of a pack with some of its frames only, as the collector would write it.
  private Moved shrunk(PackId pack, byte[] from, List<Frame> frames) {
    byte[] bytes = new byte[PackBuilder.MAX_BYTES];
    PackHeader header =
        new PackHeader(pack, seals.scheme(), seals.keyId(), new Bits128(1, random.nextLong()));
    System.arraycopy(header.encode(), 0, bytes, 0, PackHeader.BYTES);
    int end = PackHeader.BYTES;
    List<Frame> moved = new ArrayList<>();
    for (Frame frame : frames) {
      System.arraycopy(from, frame.offset(), bytes, end, frame.storedLength());
      moved.add(frame.movedBy(end - frame.offset()));
      end += frame.storedLength();
    }
    byte[] directory = PackDirectory.encode(moved);
    int offset = end;
    try (Seals.Sealer sealer = pack.kind().sealer(seals, header.directorySalt().bytes())) {
      sealer.seal(0, header.encode(), directory, 0, directory.length, bytes, end);
    }
    end += directory.length + Seals.TAG_BYTES;
    PackFooter footer =
        new PackFooter(
            offset, end - offset, moved.size(), end + 40, Checksums.crc32c(bytes, 0, end));
    System.arraycopy(footer.encode(), 0, bytes, end, PackFooter.BYTES);
    return new Moved(Arrays.copyOf(bytes, end + 40), end + 40);
  }

  /// Puts packs one behind the other into one object.
  private void move(List<PackId> packs) throws Exception {
    byte[] all = new byte[0];
    List<Integer> lengths = new ArrayList<>();
    for (PackId pack : packs) {
      byte[] bytes = store.get(pack.objectName()).orElseThrow();
      byte[] longer = Arrays.copyOf(all, all.length + bytes.length);
      System.arraycopy(bytes, 0, longer, all.length, bytes.length);
      all = longer;
      lengths.add(bytes.length);
    }
    replace(packs, all, lengths);
  }

  private void replace(List<PackId> packs, byte[] object, List<Integer> lengths) throws Exception {
    store.putIfAbsent(TARGET.objectName(), object);
    List<LogBody.Moved> moved = new ArrayList<>();
    long offset = 0;
    for (int i = 0; i < packs.size(); i++) {
      moved.add(new LogBody.Moved(packs.get(i), TARGET, offset, lengths.get(i)));
      offset += lengths.get(i);
    }
    log.append(new LogBody.Redirect(moved));
    for (PackId pack : packs) {
      store.delete(pack.objectName());
    }
  }
}
