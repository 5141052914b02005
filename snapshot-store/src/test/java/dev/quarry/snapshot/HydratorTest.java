package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.block.TestBytes;
import dev.quarry.disk.PosixDisk;
import dev.quarry.objects.MemoryStore;
import dev.quarry.shaping.ManualTime;
import dev.quarry.shaping.TimeSource;
import dev.quarry.volume.ChunkLayout;
import dev.quarry.volume.FrozenView;
import dev.quarry.volume.Origin;
import dev.quarry.volume.VolumeData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HydratorTest {
  private static final int CHUNK = ChunkLayout.CHUNK_BYTES;
  private static final int CHUNKS = 100;
  private static final int DATA_CHUNKS = 70;

  private final MemoryStore memory = MemoryStore.create();
  private final FaultyStore store = new FaultyStore(memory);
  private final ManualTime time = new ManualTime(0);
  private final AtomicInteger told = new AtomicInteger();
  private final byte[] contents = new byte[CHUNKS * CHUNK];
  @TempDir Path folder;
  private SnapshotSource source;
  private VolumeData volume;

  @BeforeEach
  void begin() throws IOException {
    SnapshotService service =
        new SnapshotService(
            store,
            _ -> Samples.plain(),
            Anchors.none(),
            Samples.CLOCK,
            new Random(1),
            WriterLimits.DEFAULT);
    service.takeOver(Samples.VOLUME);
    ByteVolume made = new ByteVolume(contents.length);
    made.write(0, Samples.bytes(1, DATA_CHUNKS * CHUNK));
    System.arraycopy(made.contents(), 0, contents, 0, contents.length);
    PendingSnapshot pending =
        Samples.begin(
            service,
            new SnapshotRequest(
                Samples.VOLUME,
                made.freeze(0),
                Optional.empty(),
                "",
                Map.of(),
                Map.of(),
                Hints.NONE),
            5);
    pending.await();
    source = Samples.source(service, pending.id());
    volume = open(new Origin.Cold(source));
  }

  @AfterEach
  void end() throws IOException {
    volume.close();
  }

  @Test
  void hydrate_aWholeVolume_needsTheStoreNoMore() throws Exception {
    int before = store.calls();
    try (Hydrator hydrator = hydrator(OptionalLong.empty())) {
      hydrator.await();
      assertEquals(100, hydrator.progress().percent());
      assertEquals((long) DATA_CHUNKS * CHUNK, hydrator.progress().readBytes());
      assertFalse(hydrator.foundCorruption());
    }
    assertEquals(1, told.get());
    int calls = store.calls() - before;
    assertTrue(calls < DATA_CHUNKS, "neighbours come together, requests " + calls);
    volume.closeDurably();
    volume = open(new Origin.Hydrated());
    assertArrayEquals(contents, TestBytes.read(volume.device(), 0, contents.length));
  }

  @Test
  void hydrate_whileTheGuestWrites_keepsWhatItWrote() throws Exception {
    Random random = new Random(2);
    try (Hydrator hydrator = hydrator(OptionalLong.empty())) {
      for (int i = 0; i < 50; i++) {
        byte[] bytes = Samples.bytes(i, 1 + random.nextInt(20_000));
        int offset = random.nextInt(contents.length - bytes.length);
        TestBytes.write(volume.device(), offset, bytes);
        System.arraycopy(bytes, 0, contents, offset, bytes.length);
      }
      hydrator.await();
    }
    assertArrayEquals(contents, TestBytes.read(volume.device(), 0, contents.length));
  }

  @Test
  void hydrate_atARate_keepsToIt() throws Exception {
    long bytesPerSecond = 10L << 20;
    try (Hydrator hydrator = hydrator(OptionalLong.of(bytesPerSecond))) {
      hydrator.await();
    }
    double seconds = time.nanoTime() / 1e9;
    double atTheRate = (double) DATA_CHUNKS * CHUNK / bytesPerSecond;
    double oneRun = 8.0 * CHUNK / bytesPerSecond; // the last one's time is not waited for
    assertTrue(seconds >= atTheRate - oneRun, seconds + " s of " + atTheRate);
  }

  @Test
  void hydrate_fromAStoreThatIsDownForAWhile_goesOn() throws Exception {
    store.failAfter(3, false, true);
    try (Hydrator hydrator =
        new Hydrator(
            volume,
            source,
            OptionalLong.empty(),
            new TimeSource() {
              @Override
              public long nanoTime() {
                return time.nanoTime();
              }

              @Override
              public void pause(long nanos) {
                time.pause(nanos);
                if (time.nanoTime() > 60_000_000_000L) {
                  store.heal(); // after a minute of waiting
                }
              }
            },
            told::incrementAndGet)) {
      hydrator.start();
      hydrator.await();
    }
    assertEquals(1, told.get());
    assertArrayEquals(contents, TestBytes.read(volume.device(), 0, contents.length));
  }

  @Test
  void hydrate_aSnapshotThatIsDamaged_endsAndSaysSo() throws Exception {
    String name =
        Stores.names(memory, ObjectNames.snapshot(Samples.VOLUME, 1)).stream()
            .filter(object -> object.contains("/d"))
            .findFirst()
            .orElseThrow();
    byte[] pack = memory.get(name).orElseThrow();
    memory.delete(name);
    pack[5000] ^= 1;
    memory.putIfAbsent(name, pack);
    try (Hydrator hydrator = hydrator(OptionalLong.empty())) {
      hydrator.await();
      assertTrue(hydrator.foundCorruption());
      assertTrue(hydrator.progress().percent() < 100);
    }
    assertEquals(0, told.get());
  }

  @Test
  void hydrate_aVolumeThatGrewMeanwhile_bringsAllOfIt() throws Exception {
    Hydrator hydrator =
        new Hydrator(volume, source, OptionalLong.empty(), time, told::incrementAndGet);
    volume.grow(contents.length + 3L * CHUNK);
    hydrator.start();
    hydrator.await();
    hydrator.close();
    assertEquals(1, told.get());
    byte[] all = TestBytes.read(volume.device(), 0, contents.length + 3 * CHUNK);
    assertArrayEquals(Arrays.copyOf(contents, all.length), all);
  }

  @Test
  void hydrate_whileASnapshotIsBeingMade_looksLessOftenUntilItsEnd() throws Exception {
    FrozenView view = volume.freeze(OptionalLong.empty());
    List<Long> pauses = new ArrayList<>(); // of one thread: the others wait for nothing
    TimeSource closesTheView =
        during(nanos -> {
          pauses.add(nanos);
          if (pauses.size() == 6) {
            view.close();
          }
        });
    try (Hydrator hydrator =
        new Hydrator(volume, source, OptionalLong.empty(), closesTheView, told::incrementAndGet)) {
      hydrator.start();
      hydrator.await();
    }
    assertEquals(1, told.get());
    assertEquals(
        List.of(100L, 200L, 400L, 800L, 1000L, 1000L),
        pauses.stream().map(nanos -> nanos / 1_000_000).toList());
  }

  @Test
  void hydrate_aVolumeThatGrowsWhenAllWasHere_goesOn() throws Exception {
    FrozenView view = volume.freeze(OptionalLong.empty());
    TimeSource growsTheVolume =
        during(_ -> {
          view.close();
          volume.grow(contents.length + 3L * CHUNK);
        });
    try (Hydrator hydrator =
        new Hydrator(volume, source, OptionalLong.empty(), growsTheVolume, told::incrementAndGet)) {
      hydrator.start();
      hydrator.await();
      assertEquals(CHUNKS + 3, hydrator.progress().doneChunks());
      assertEquals(CHUNKS + 3, hydrator.progress().totalChunks());
    }
    assertEquals(1, told.get());
  }

  @Test
  void close_inTheMidst_leavesAVolumeThatGoesOn() throws Exception {
    Hydrator first = hydrator(OptionalLong.of(1));
    first.close();
    assertEquals(0, told.get());
    try (Hydrator second = hydrator(OptionalLong.empty())) {
      second.await();
    }
    assertEquals(1, told.get());
    assertArrayEquals(contents, TestBytes.read(volume.device(), 0, contents.length));
  }

  /// What happens while it waits.
  private interface Pause {
    void of(long nanos) throws IOException;
  }

  private TimeSource during(Pause pause) {
    return new TimeSource() {
      @Override
      public long nanoTime() {
        return time.nanoTime();
      }

      @Override
      public void pause(long nanos) {
        try {
          pause.of(nanos);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }

  private Hydrator hydrator(OptionalLong bytesPerSecond) {
    Hydrator hydrator = new Hydrator(volume, source, bytesPerSecond, time, told::incrementAndGet);
    hydrator.start();
    return hydrator;
  }

  private VolumeData open(Origin origin) throws IOException {
    return VolumeData.open(
        PosixDisk.open(folder), contents.length, origin, Optional.empty(), false);
  }
}
