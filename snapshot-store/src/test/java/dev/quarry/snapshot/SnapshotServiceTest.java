package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.VolumeException;
import dev.quarry.objects.MemoryStore;
import dev.quarry.volume.BlockMask;
import dev.quarry.volume.ChunkLayout;
import dev.quarry.volume.ChunkSource;
import dev.quarry.volume.FrozenView;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotServiceTest {
  private static final SnapshotService.ImportAbout NOTHING_SAID =
      new SnapshotService.ImportAbout("", Map.of(), Map.of());
  private static final int CHUNK = ChunkLayout.CHUNK_BYTES;

  private final MemoryStore store = MemoryStore.create();
  private final Seals seals = Samples.encrypted(1);
  private final SnapshotService service = service(1);
  private final ByteVolume volume = new ByteVolume(3 * CHUNK);
  @TempDir Path folder;

  @Test
  void show_ofACompletedSnapshot_tellsWhatItsMakerSaid() {
    service.takeOver(Samples.VOLUME);
    volume.write(CHUNK, new byte[] {1});
    PendingSnapshot pending =
        Samples.begin(
            service,
            new SnapshotRequest(
                Samples.VOLUME,
                volume.freeze(0),
                Optional.empty(),
                "before the upgrade",
                Map.of("Name", "db"),
                Map.of("kmsKeyId", "alias/x"),
                new Hints(new byte[] {3}, List.of(2L, 0L))),
            5);
    pending.await();
    SnapshotInfo info = service.show(pending.id());
    assertEquals(SnapshotInfo.State.COMPLETED, info.state());
    assertEquals("before the upgrade", info.description());
    assertEquals(Map.of("Name", "db"), info.tags());
    assertEquals(Map.of("kmsKeyId", "alias/x"), info.attributes());
    assertEquals(3 * CHUNK, info.volumeSizeBytes());
    assertEquals(CHUNK, info.fullSnapshotSizeInBytes());
    assertEquals(100, info.progressPercent());
    assertTrue(info.encrypted());
    assertTrue(info.completionTime().isPresent());
    assertTrue(info.storedBytes() < 5000, "one block and two pages: " + info.storedBytes());
    assertEquals(info.id(), service.list(Samples.VOLUME).getFirst().id());
    Hints hints = service(2).reader(pending.id()).hints();
    assertEquals(List.of(2L, 0L), hints.trace());
    assertEquals(3, hints.heatOf(0));
    assertEquals(
        6,
        Stores.run(() -> Stores.names(store, "")).size(),
        "a pointer; open, begin and commit; a root; a pack with frames and pages");
  }

  @Test
  void show_ofNothing_saysThatItDoesNotExist() {
    SnapshotException.NotFound why =
        assertThrows(SnapshotException.NotFound.class, () -> service.show(Samples.id(1)));
    assertEquals("InvalidSnapshot.NotFound", why.code());
  }

  @Test
  void create_ofTooMany_isRefusedAndClosesTheView() {
    service.takeOver(Samples.VOLUME);
    Gate gate = new Gate();
    PendingSnapshot first = take(gate.of(changed()), Optional.empty(), 1);
    Gate second = new Gate();
    assertThrows(
        SnapshotException.LimitExceeded.class,
        () -> take(second.of(changed()), Optional.empty(), 1));
    assertTrue(second.closed);
    assertEquals(SnapshotInfo.State.PENDING, service.show(first.id()).state());
    assertFalse(first.isDone());
    gate.open.countDown();
    first.await();
    assertTrue(gate.closed);
    assertEquals(100, first.progress().percent());
  }

  @Test
  void create_withoutTakingOver_isFenced() {
    assertThrows(SnapshotException.Fenced.class, () -> take(changed(), Optional.empty(), 5));
  }

  @Test
  void cancel_ofAPendingSnapshot_endsInError() {
    service.takeOver(Samples.VOLUME);
    Gate gate = new Gate();
    PendingSnapshot pending = take(gate.of(changed()), Optional.empty(), 5);
    pending.cancel();
    gate.open.countDown();
    assertThrows(SnapshotException.Cancelled.class, pending::await);
    assertEquals(SnapshotInfo.State.ERROR, service.show(pending.id()).state());
    assertThrows(
        SnapshotException.IncorrectState.class, () -> Samples.source(service, pending.id()));
  }

  @Test
  void create_ofAViewThatFails_endsInErrorWithItsReason() {
    service.takeOver(Samples.VOLUME);
    Gate gate = new Gate();
    gate.full = true;
    gate.open.countDown();
    PendingSnapshot pending = take(gate.of(changed()), Optional.empty(), 5);
    assertThrows(SnapshotException.Unavailable.class, pending::await);
    assertTrue(service.show(pending.id()).statusMessage().contains("local disk"));
  }

  @Test
  void takeOver_ofASnapshotThatOnlyLacksItsCommit_completesIt() throws Exception {
    service.takeOver(Samples.VOLUME);
    LineageLog log =
        LineageLog.open(store, seals, Samples.VOLUME, Anchors.none(), Samples.CLOCK, new Random(9));
    log.takeOver();
    volume.write(0, Samples.bytes(1, 100));
    LogBody.Begin begin =
        new LogBody.Begin(1, Samples.id(1), Optional.empty(), 1, volume.sizeBytes());
    log.append(begin);
    write(volume.freeze(0));
    store.putIfAbsent(ObjectNames.pointer(Samples.id(1)), PointerCodec.encode(Samples.VOLUME));
    log.append(new LogBody.Begin(2, Samples.id(2), Optional.empty(), 2, volume.sizeBytes()));
    SnapshotService next = service(3);
    next.takeOver(Samples.VOLUME);
    assertEquals(
        List.of(SnapshotInfo.State.COMPLETED, SnapshotInfo.State.ERROR),
        next.list(Samples.VOLUME).stream().map(SnapshotInfo::state).toList());
    assertArrayEquals(volume.contents(), Restores.whole(next.reader(Samples.id(1))));
  }

  @Test
  void parentFor_whatTheLogDoesNotHave_isFull() {
    service.takeOver(Samples.VOLUME);
    ParentSnapshot parent = take(changed(), Optional.empty(), 5).await();
    assertEquals(Optional.of(parent), service.parentFor(Samples.VOLUME, Optional.of(parent)));
    ParentSnapshot other = new ParentSnapshot(parent.volume(), parent.seq(), 1, Mac.NONE);
    assertEquals(Optional.empty(), service.parentFor(Samples.VOLUME, Optional.of(other)));
    ParentSnapshot later = new ParentSnapshot(parent.volume(), 2, 1, parent.rootMac());
    assertEquals(Optional.empty(), service.parentFor(Samples.VOLUME, Optional.of(later)));
  }

  @Test
  void create_ofASmallerVolumeThanItsParents_isRefused() {
    service.takeOver(Samples.VOLUME);
    ParentSnapshot parent = take(changed(), Optional.empty(), 5).await();
    ByteVolume smaller = new ByteVolume(CHUNK);
    PendingSnapshot pending = take(smaller.freeze(0), Optional.of(parent), 5);
    assertThrows(SnapshotException.IncorrectState.class, pending::await);
  }

  @Test
  void create_ofAClone_usesTheFramesOfItsOrigin() {
    service.takeOver(Samples.VOLUME);
    volume.write(0, Samples.bytes(1, 3 * CHUNK));
    PendingSnapshot origin = take(volume.freeze(0), Optional.empty(), 5);
    ParentSnapshot made = origin.await();
    service.takeOver(Samples.OTHER_VOLUME);
    ByteVolume clone = new ByteVolume(4 * CHUNK);
    clone.write(0, volume.contents());
    clone.freeze(0); // epoch 1 holds what came from the snapshot
    ParentSnapshot base = new ParentSnapshot(made.volume(), made.seq(), 1, made.rootMac());
    assertEquals(
        Optional.empty(), service.parentFor(Samples.OTHER_VOLUME, Optional.of(base)), "not pinned");
    service.pin(origin.id(), Samples.OTHER_VOLUME);
    clone.write(CHUNK + 5, new byte[] {42});
    PendingSnapshot second =
        Samples.begin(
            service,
            new SnapshotRequest(
                Samples.OTHER_VOLUME,
                clone.freeze(base.cutEpoch()),
                service.parentFor(Samples.OTHER_VOLUME, Optional.of(base)),
                "",
                Map.of(),
                Map.of(),
                Hints.NONE),
            5);
    ParentSnapshot own = second.await();
    assertArrayEquals(clone.contents(), Restores.whole(service.reader(second.id())));
    assertTrue(service.show(second.id()).storedBytes() < 20_000);
    clone.write(9, new byte[] {43});
    PendingSnapshot third =
        Samples.begin(
            service,
            new SnapshotRequest(
                Samples.OTHER_VOLUME,
                clone.freeze(own.cutEpoch()),
                Optional.of(own),
                "",
                Map.of(),
                Map.of(),
                Hints.NONE),
            5);
    third.await();
    assertArrayEquals(clone.contents(), Restores.whole(service(7).reader(third.id())));
    assertFalse(
        service.releaseUnneeded(origin.id(), Samples.OTHER_VOLUME), "its snapshots need it");
    Samples.source(service, origin.id()).close();
    service.pinnedSource(origin.id(), Samples.OTHER_VOLUME).close();
  }

  @Test
  void releaseUnneeded_ofAVolumeWithoutSnapshots_letsItsNextOneBeFull() throws Exception {
    service.takeOver(Samples.VOLUME);
    PendingSnapshot pending = take(changed(), Optional.empty(), 5);
    pending.await();
    SnapshotId origin = pending.id();
    Optional<ParentSnapshot> base = Optional.of(service.pin(origin, Samples.OTHER_VOLUME));
    assertEquals(base, service.parentFor(Samples.OTHER_VOLUME, base));
    assertTrue(service.releaseUnneeded(origin, Samples.OTHER_VOLUME));
    assertTrue(service.releaseUnneeded(origin, Samples.OTHER_VOLUME), "again");
    assertEquals(Optional.empty(), service.parentFor(Samples.OTHER_VOLUME, base));
    assertThrows(
        SnapshotException.IncorrectState.class,
        () -> service.pinnedSource(origin, Samples.OTHER_VOLUME));
  }

  @Test
  void create_ofAVolumeWhoseMarksMissAChange_failsAndForgetsItsParent() {
    service.takeOver(Samples.VOLUME);
    ParentSnapshot parent = take(changed(), Optional.empty(), 5).await();
    volume.spoil(2 * CHUNK + 9, new byte[] {1});
    List<Optional<ParentSnapshot>> remembered = new ArrayList<>();
    SnapshotRequest request =
        new SnapshotRequest(
            Samples.VOLUME,
            volume.freeze(parent.cutEpoch()),
            Optional.of(parent),
            "",
            Map.of(),
            Map.of(),
            Hints.NONE);
    PendingSnapshot pending =
        service.create(new SnapshotService.Member(request, 5, remembered::add));
    SnapshotException.Suspect why = assertThrows(SnapshotException.Suspect.class, pending::await);
    assertTrue(why.getMessage().contains("chunk=2"), why.getMessage());
    assertEquals(List.of(Optional.empty()), remembered);
    assertEquals(SnapshotInfo.State.ERROR, service.show(pending.id()).state());
  }

  @Test
  void audit_ofALargeVolume_comparesOneChunkOfTenThousand() {
    for (long chunkCount : new long[] {1, 16, 17, 2048, 131_072, 2_097_152, 134_217_728}) {
      var sample = TrackingAudit.sample(chunkCount, new Random(chunkCount));
      assertTrue(sample.size() <= Math.max(16, chunkCount / 10_000 + 4), "of " + chunkCount);
      assertTrue(sample.size() >= Math.min(chunkCount, 4), "of " + chunkCount);
      assertTrue(sample.last() < chunkCount);
    }
  }

  @Test
  void firstRead_ofATebibyte_needsFewRequests() throws Exception {
    FaultyStore counted = new FaultyStore(store);
    service.takeOver(Samples.VOLUME);
    for (int i = 0; i < 14; i++) { // the log is as long as it gets without a checkpoint
      take(changed(), Optional.empty(), 5).await();
    }
    PendingSnapshot large = take(new SparseView(1L << 40, 2000), Optional.empty(), 5);
    large.await();
    SnapshotId id = large.id();
    SnapshotService fresh =
        new SnapshotService(
            counted,
            _ -> seals,
            Anchors.none(),
            Samples.CLOCK,
            new Random(4),
            WriterLimits.DEFAULT);
    fresh.pin(id, Samples.OTHER_VOLUME);
    ChunkSource source = fresh.pinnedSource(id, Samples.OTHER_VOLUME);
    byte[] chunk = new byte[CHUNK];
    assertEquals(CHUNK, source.read(1_000_000, MemorySegment.ofArray(chunk), 0));
    assertArrayEquals(SparseView.bytes(1_000_000), chunk);
    int calls = counted.calls();
    assertTrue(calls <= 60, "of them 40 for the log, which come in six rounds: " + calls);
  }

  /// A volume with data in one chunk of some.
  private record SparseView(long sizeBytes, long every) implements FrozenView {
    static byte[] bytes(long chunk) {
      byte[] bytes = new byte[CHUNK];
      bytes[0] = 1;
      bytes[8] = (byte) chunk;
      return bytes;
    }

    @Override
    public long epoch() {
      return 1;
    }

    @Override
    public long nextChanged(long chunk) {
      return Math.min(Math.ceilDiv(chunk, every) * every, ChunkLayout.chunkCount(sizeBytes));
    }

    @Override
    public Change change(long chunk) {
      return new Change.Blocks(BlockMask.ALL);
    }

    @Override
    public int read(long chunk, MemorySegment into, long at) {
      MemorySegment.copy(bytes(chunk), 0, into, ValueLayout.JAVA_BYTE, at, CHUNK);
      return CHUNK;
    }

    @Override
    public int readUnchanged(long chunk, MemorySegment into, long at) {
      return 0;
    }

    @Override
    public void release(long chunk) {}

    @Override
    public long copiedBytes() {
      return 0;
    }

    @Override
    public void close() {}
  }

  @Test
  void createGroup_ofTwoVolumes_marksThemAsOne() {
    service.takeOver(Samples.VOLUME);
    service.takeOver(Samples.OTHER_VOLUME);
    List<PendingSnapshot> group =
        Samples.beginTogether(
            service,
            List.of(request(Samples.VOLUME, changed()), request(Samples.OTHER_VOLUME, changed())),
            5);
    group.forEach(PendingSnapshot::await);
    Optional<UUID> first = service.reader(group.get(0).id()).root().about().group();
    assertTrue(first.isPresent());
    assertEquals(first, service.reader(group.get(1).id()).root().about().group());
  }

  @Test
  void createGroup_ofWhichOneFails_endsAllInError() {
    service.takeOver(Samples.VOLUME);
    service.takeOver(Samples.OTHER_VOLUME);
    Gate gate = new Gate();
    gate.full = true;
    List<PendingSnapshot> group =
        Samples.beginTogether(
            service,
            List.of(
                request(Samples.VOLUME, changed()),
                request(Samples.OTHER_VOLUME, gate.of(changed()))),
            5);
    assertFalse(group.getFirst().isDone(), "waits for the other");
    gate.open.countDown();
    assertThrows(SnapshotException.Unavailable.class, group.getLast()::await);
    SnapshotException why =
        assertThrows(SnapshotException.Cancelled.class, group.getFirst()::await);
    assertTrue(why.getMessage().contains("group"), why.getMessage());
    for (PendingSnapshot each : group) {
      assertEquals(SnapshotInfo.State.ERROR, service.show(each.id()).state());
    }
  }

  @Test
  void createGroup_ofWhichOneIsRefused_makesNone() {
    service.takeOver(Samples.VOLUME);
    Gate first = new Gate();
    Gate third = new Gate();
    first.open.countDown();
    assertThrows(
        SnapshotException.Fenced.class,
        () ->
            Samples.beginTogether(
                service,
                List.of(
                    request(Samples.VOLUME, first.of(changed())),
                    request(Samples.OTHER_VOLUME, changed()),
                    request(Samples.VOLUME, third.of(changed()))),
                5));
    assertTrue(third.closed);
  }

  @Test
  void importAndExport_ofFilesAndStreams_keepEveryByte() throws Exception {
    service.takeOver(Samples.VOLUME);
    byte[] contents = new byte[30 * CHUNK + 512];
    System.arraycopy(Samples.bytes(1, 20 * CHUNK), 0, contents, 5 * CHUNK + 100, 20 * CHUNK);
    contents[contents.length - 1] = 1;
    Path file = folder.resolve("in");
    Files.write(file, contents);
    PendingSnapshot fromFile;
    try (FileChannel in = FileChannel.open(file)) {
      fromFile = service.importFile(Samples.VOLUME, in, contents.length, NOTHING_SAID);
      fromFile.await();
    }
    PendingSnapshot fromStream =
        service.importStream(
            Samples.VOLUME,
            Channels.newChannel(new ByteArrayInputStream(contents)),
            contents.length,
            NOTHING_SAID);
    fromStream.await();
    assertNotEquals(fromFile.id(), fromStream.id());
    for (PendingSnapshot snapshot : List.of(fromFile, fromStream)) {
      assertArrayEquals(contents, Restores.whole(service.reader(snapshot.id())));
      Path out = folder.resolve(snapshot.id().text());
      SnapshotExport export = service.export(snapshot.id());
      try (FileChannel to =
          FileChannel.open(out, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        export.toFile(to);
      }
      assertArrayEquals(contents, Files.readAllBytes(out));
      assertEquals(100, export.progress().percent());
    }
    PendingSnapshot tooShort =
        service.importStream(
            Samples.VOLUME,
            Channels.newChannel(new ByteArrayInputStream(new byte[10])),
            CHUNK,
            NOTHING_SAID);
    assertThrows(SnapshotException.Unavailable.class, tooShort::await);
    SnapshotExport cancelled = service.export(fromFile.id());
    cancelled.cancel();
    assertThrows(
        SnapshotException.Cancelled.class,
        () -> cancelled.toStream(OutputStream.nullOutputStream()));
  }

  @Test
  void source_readOutsideOrAfterClose_isRefused() throws Exception {
    service.takeOver(Samples.VOLUME);
    PendingSnapshot pending = take(changed(), Optional.empty(), 5);
    pending.await();
    ChunkSource source = Samples.source(service, pending.id());
    MemorySegment into = MemorySegment.ofArray(new byte[CHUNK]);
    assertThrows(VolumeException.OutOfRange.class, () -> source.read(3, into, 0));
    source.prefetch(99);
    source.prefetch(0);
    source.prefetch(0);
    assertEquals(CHUNK, source.read(0, into, 0));
    source.close();
    assertThrows(VolumeException.Detached.class, () -> source.read(0, into, 0));
  }

  @Test
  void read_ofAMissingOrChangedObject_isRefusedByName() throws Exception {
    service.takeOver(Samples.VOLUME);
    volume.write(0, Samples.bytes(1, 100));
    PendingSnapshot pending = take(volume.freeze(0), Optional.empty(), 5);
    pending.await();
    for (String name : Stores.names(store, ObjectNames.snapshot(Samples.VOLUME, 1))) {
      byte[] bytes = store.get(name).orElseThrow();
      store.delete(name);
      Damage.refused(name, "missing", () -> Restores.whole(service.reader(pending.id())));
      byte[] damaged = bytes.clone();
      damaged[100] ^= 1;
      store.putIfAbsent(name, damaged);
      Damage.refused(name, "changed", () -> Restores.whole(service.reader(pending.id())));
      store.delete(name);
      store.putIfAbsent(name, bytes);
    }
    assertArrayEquals(volume.contents(), Restores.whole(service.reader(pending.id())));
  }

  /// Frames of chunks and pages go into one pack, which is for one thread at a time.
  @Test
  void write_ofAFewChunksOfSeveralLeaves_isByOneThread() throws Exception {
    ByteVolume large = new ByteVolume(600 * CHUNK);
    for (int chunk : new int[] {0, 300, 599}) {
      large.write(chunk * CHUNK, new byte[] {1});
    }
    Set<Thread> readers = ConcurrentHashMap.newKeySet();
    Gate gate = new Gate();
    gate.open.countDown();
    gate.read = () -> readers.add(Thread.currentThread());
    SnapshotWriter.Written written = write(gate.of(large.freeze(0)));
    assertEquals(3, written.root().counts().writtenChunks());
    assertEquals(Set.of(Thread.currentThread()), readers);
  }

  private SnapshotWriter.Written write(FrozenView view) throws VolumeException {
    return new SnapshotWriter(
            store,
            Samples.frames(store, seals),
            new Random(8),
            WriterLimits.DEFAULT,
            new PackMemory(WriterLimits.DEFAULT.packs()),
            new PageCache(1 << 20),
            FoldPolicy.DEFAULT)
        .write(
            view,
            new SnapshotRoot.About(
                Samples.VOLUME,
                1,
                Samples.id(1),
                view.sizeBytes(),
                1,
                5,
                "",
                Map.of(),
                Map.of(),
                Optional.empty()),
            Optional.empty(),
            Hints.NONE,
            new ProgressMeter(Samples.CLOCK),
            new StopFlag());
  }

  private FrozenView changed() {
    volume.write(0, Samples.bytes(volume.sizeBytes(), 10_000));
    return volume.freeze(0);
  }

  private PendingSnapshot take(FrozenView view, Optional<ParentSnapshot> parent, int maxPending) {
    return Samples.begin(
        service,
        new SnapshotRequest(Samples.VOLUME, view, parent, "", Map.of(), Map.of(), Hints.NONE),
        maxPending);
  }

  private static SnapshotRequest request(UUID volume, FrozenView view) {
    return new SnapshotRequest(volume, view, Optional.empty(), "", Map.of(), Map.of(), Hints.NONE);
  }

  private SnapshotService service(int seed) {
    return new SnapshotService(
        store, _ -> seals, Anchors.none(), Samples.CLOCK, new Random(seed), WriterLimits.DEFAULT);
  }

  /// Holds the reads of a view up until it is opened, and tells whether the view was closed.
  private static final class Gate {
    private final CountDownLatch open = new CountDownLatch(1);
    private volatile boolean closed;
    private volatile boolean full;
    private volatile Runnable read = () -> {};

    FrozenView of(FrozenView view) {
      return new FrozenView() {
        @Override
        public long sizeBytes() {
          return view.sizeBytes();
        }

        @Override
        public long epoch() {
          return view.epoch();
        }

        @Override
        public long nextChanged(long chunk) throws VolumeException {
          return view.nextChanged(chunk);
        }

        @Override
        public Change change(long chunk) throws VolumeException {
          try {
            open.await();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
          return view.change(chunk);
        }

        @Override
        public int read(long chunk, MemorySegment into, long at) throws VolumeException {
          read.run();
          if (full) {
            throw new VolumeException.Full("the local disk could not keep what is needed", null);
          }
          return view.read(chunk, into, at);
        }

        @Override
        public int readUnchanged(long chunk, MemorySegment into, long at) throws VolumeException {
          return view.readUnchanged(chunk, into, at);
        }

        @Override
        public void release(long chunk) {
          view.release(chunk);
        }

        @Override
        public long copiedBytes() {
          return view.copiedBytes();
        }

        @Override
        public void close() throws VolumeException {
          closed = true;
          view.close();
        }
      };
    }
  }
}
