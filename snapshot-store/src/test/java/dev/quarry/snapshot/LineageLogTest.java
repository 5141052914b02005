package dev.quarry.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.objects.MemoryStore;
import dev.quarry.objects.ObjectStore;
import dev.quarry.objects.ObjectStoreException;
import dev.quarry.snapshot.LogBody.LockMode;
import dev.quarry.snapshot.LogBody.SnapshotRef;
import dev.quarry.snapshot.SnapshotState.Phase;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineageLogTest {
  private final MemoryStore store = MemoryStore.create();
  private final Seals seals = Samples.encrypted(1);
  private final Random random = new Random(1);
  @TempDir Path folder;

  @Test
  void append_ofAWholeLife_isReadBackByAnother() {
    LineageLog log = open(store);
    log.takeOver();
    commit(log, 1, Optional.empty());
    commit(log, 2, Optional.of(1L));
    log.append(new LogBody.Trash(1, 5));
    log.append(new LogBody.Untrash(1));
    log.append(new LogBody.Pin(Bits128.ZERO, 1, Samples.OTHER_VOLUME));
    log.append(new LogBody.Delete(1));
    log.append(new LogBody.Lock(2, LockMode.GOVERNANCE, 0, Long.MAX_VALUE));
    log.append(new LogBody.Rekey(new Bits128(1, 2), 1));
    log.append(begin(3, Optional.empty()));
    log.append(new LogBody.Abort(3, "no reason"));
    log.append(new LogBody.Collected(3));
    PackId from = new PackId(Samples.VOLUME, 1, 9, PackKind.DATA, 0);
    PackId to = new PackId(Samples.VOLUME, 1, 10, PackKind.DATA, 0);
    log.append(new LogBody.Redirect(List.of(new LogBody.Moved(from, to, 100, 200))));
    Lineage read = open(store).state();
    assertEquals(log.state(), read);
    assertEquals(Phase.DELETED, read.snapshot(1).orElseThrow().phase());
    assertEquals(Phase.COLLECTED, read.snapshot(3).orElseThrow().phase());
    assertTrue(read.isNeeded(1), "pinned");
    log.append(new LogBody.Unpin(Bits128.ZERO));
    assertFalse(log.state().isNeeded(1));
  }

  @Test
  void append_againstTheRules_isRefused() {
    LineageLog log = open(store);
    fenced(log, begin(1, Optional.empty()));
    log.takeOver();
    refused(log, begin(2, Optional.empty()));
    refused(log, begin(1, Optional.of(1L)));
    refused(log, commitBody(1));
    log.append(begin(1, Optional.empty()));
    refused(log, begin(2, Optional.of(1L))); // S3: not committed
    refused(log, new LogBody.Delete(1));
    refused(log, new LogBody.Trash(1, 5));
    refused(log, new LogBody.Collected(1));
    refused(log, new LogBody.Pin(Bits128.ZERO, 1, Samples.OTHER_VOLUME));
    refused(
        log,
        new LogBody.Redirect(
            List.of(
                new LogBody.Moved(
                    new PackId(Samples.VOLUME, 1, 9, PackKind.DATA, 0),
                    new PackId(Samples.VOLUME, 1, 8, PackKind.DATA, 0),
                    0,
                    1))));
    log.append(commitBody(1));
    refused(log, commitBody(1));
    refused(log, new LogBody.Abort(1, ""));
    refused(log, new LogBody.Untrash(1));
    refused(log, new LogBody.Unpin(Bits128.ZERO));
    refused(log, new LogBody.Rekey(Bits128.ZERO, 2));
    log.append(new LogBody.Lock(1, LockMode.COMPLIANCE, 0, Long.MAX_VALUE));
    refused(log, new LogBody.Delete(1));
    refused(log, new LogBody.Trash(1, 5));
    refused(log, new LogBody.Lock(1, LockMode.NONE, 0, 0));
    log.append(begin(2, Optional.of(1L)));
    log.append(commitBody(2));
    log.append(new LogBody.Delete(2));
    refused(log, begin(3, Optional.of(2L))); // S3: deleted
    refused(log, new LogBody.Untrash(2));
    log.append(new LogBody.Collected(2));
    refused(log, new LogBody.Collected(2));
  }

  @Test
  void append_afterAnotherTookOver_isFenced() {
    LineageLog first = open(store);
    first.takeOver();
    first.append(begin(1, Optional.empty()));
    LineageLog second = open(store);
    second.takeOver();
    fenced(first, commitBody(1));
    second.append(new LogBody.Abort(1, "abandoned"));
    fenced(first, begin(2, Optional.empty()));
    assertEquals(second.state(), first.refresh());
  }

  @Test
  void collected_whileABeginBuildsOnIt_isRefused() {
    LineageLog log = open(store);
    log.takeOver();
    commit(log, 1, Optional.empty());
    log.append(begin(2, Optional.of(1L)));
    log.append(new LogBody.Delete(1));
    refused(log, new LogBody.Collected(1));
    log.append(new LogBody.Abort(2, ""));
    log.append(new LogBody.Collected(1));
  }

  @Test
  void append_byManyAtOnce_givesEachItsPlace() throws Exception {
    LineageLog first = open(store);
    first.takeOver();
    commit(first, 1, Optional.empty());
    int writers = 8;
    CountDownLatch go = new CountDownLatch(1);
    List<Future<?>> done = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(writers)) {
      for (int i = 0; i < writers; i++) {
        LineageLog log = open(store, new Random(100 + i));
        int writer = i;
        done.add(
            executor.submit(() -> {
              go.await();
              for (int n = 0; n < 5; n++) {
                log.append(new LogBody.Pin(new Bits128(writer, n), 1, Samples.OTHER_VOLUME));
              }
              return null;
            }));
      }
      go.countDown();
      for (Future<?> future : done) {
        future.get();
      }
    }
    assertEquals(3 + writers * 5, open(store).state().number());
    assertEquals(writers * 5, open(store).state().pins().size());
  }

  @Test
  void append_whoseAnswerIsLost_isRecognisedByItsNonce() {
    LosingStore losing = new LosingStore(store);
    LineageLog log = open(losing);
    log.takeOver();
    losing.loseAnswers = 1;
    assertEquals(2, log.append(begin(1, Optional.empty())).number());
    losing.losePuts = 1;
    assertThrows(SnapshotException.Unavailable.class, () -> log.append(commitBody(1)));
    assertEquals(3, log.append(commitBody(1)).number());
  }

  @Test
  void open_withCheckpoints_readsTheRestOnly() {
    LineageLog log = open(store);
    log.takeOver();
    for (int i = 1; i <= 40; i++) {
      commit(log, i, Optional.empty());
    }
    assertEquals(log.state(), open(store).state());
    delete(ObjectNames.entry(Samples.VOLUME, 3));
    assertEquals(log.state(), open(store).state(), "behind the checkpoint");
  }

  @Test
  void open_withADamagedCheckpoint_readsTheLog() throws Exception {
    LineageLog log = open(store);
    log.takeOver();
    for (int i = 1; i <= 20; i++) {
      commit(log, i, Optional.empty());
    }
    String name = ObjectNames.checkpoint(Samples.VOLUME, 32);
    byte[] bytes = store.get(name).orElseThrow();
    delete(name);
    bytes[100] ^= 1;
    store.putIfAbsent(name, bytes);
    assertEquals(log.state(), open(store).state());
  }

  @Test
  void open_ofALogThatReachesAsFarAsItsAnchor_leavesTheAnchorAlone() {
    Map<UUID, Anchors.Anchor> remembered = new HashMap<>();
    AtomicInteger advanced = new AtomicInteger();
    Anchors anchors =
        new Anchors() {
          @Override
          public List<UUID> volumes() {
            return List.of();
          }

          @Override
          public Optional<Anchor> read(UUID volume) {
            return Optional.ofNullable(remembered.get(volume));
          }

          @Override
          public void advance(UUID volume, Anchor anchor) {
            remembered.put(volume, anchor);
            advanced.incrementAndGet();
          }
        };
    LineageLog log = open(store, anchors);
    log.takeOver();
    commit(log, 1, Optional.empty());
    assertEquals(3, advanced.get());
    open(store, anchors);
    assertEquals(3, advanced.get());
    LineageLog other = open(store);
    other.takeOver();
    open(store, anchors);
    assertEquals(4, advanced.get());
    Mac last = other.state().mac();
    assertEquals(Map.of(Samples.VOLUME, new Anchors.Anchor(4, last)), remembered);
  }

  @Test
  void open_ofALogCutShort_noticesByTheAnchor() throws Exception {
    Anchors anchors = FolderAnchors.open(folder);
    LineageLog log = open(store, anchors);
    log.takeOver();
    commit(log, 1, Optional.empty());
    log.append(new LogBody.Delete(1));
    open(store, anchors);
    String last = ObjectNames.entry(Samples.VOLUME, 4);
    byte[] entry = store.get(last).orElseThrow();
    delete(last);
    assertThrows(SnapshotException.RolledBack.class, () -> open(store, anchors));
    assertEquals(3, open(store).state().number(), "nothing else notices");
    LineageLog other = open(store);
    other.append(new LogBody.Pin(Bits128.ZERO, 1, Samples.OTHER_VOLUME));
    assertThrows(SnapshotException.RolledBack.class, () -> open(store, anchors), "replaced");
    delete(last);
    store.putIfAbsent(last, entry);
    assertEquals(4, open(store, anchors).state().number());
  }

  @Test
  void open_ofAChangedLog_isRefused() throws Exception {
    LineageLog log = open(store);
    log.takeOver();
    commit(log, 1, Optional.empty());
    String second = ObjectNames.entry(Samples.VOLUME, 2);
    String third = ObjectNames.entry(Samples.VOLUME, 3);
    byte[] two = store.get(second).orElseThrow();
    byte[] three = store.get(third).orElseThrow();
    delete(second);
    store.putIfAbsent(second, three); // swapped
    assertThrows(SnapshotException.Corrupt.class, () -> open(store));
    delete(second);
    byte[] foreign =
        LogCodec.encode(
            seals,
            new LogEntry(
                Samples.OTHER_VOLUME,
                2,
                1,
                0,
                Bits128.ZERO,
                Bits128.ZERO,
                Mac.NONE,
                commitBody(1)));
    store.putIfAbsent(second, foreign);
    assertThrows(SnapshotException.Corrupt.class, () -> open(store));
    delete(second);
    store.putIfAbsent(second, two);
    assertEquals(3, open(store).state().number());
  }

  private void commit(LineageLog log, long seq, Optional<Long> parent) {
    log.append(begin(seq, parent));
    log.append(commitBody(seq));
  }

  static LogBody.Begin begin(long seq, Optional<Long> parent) {
    return new LogBody.Begin(
        seq,
        Samples.id((int) seq),
        parent.map(p -> new SnapshotRef(Samples.VOLUME, p)),
        seq,
        1 << 20);
  }

  static LogBody.Commit commitBody(long seq) {
    return new LogBody.Commit(seq, -seq, Mac.of(Samples.bytes((int) seq, 32)), 100 * seq, 10 * seq);
  }

  private static void refused(LineageLog log, LogBody body) {
    assertThrows(SnapshotException.IncorrectState.class, () -> log.append(body), body.toString());
  }

  private static void fenced(LineageLog log, LogBody body) {
    assertThrows(
        SnapshotException.Fenced.class,
        () -> {
          log.append(body); // may find the other's entry only when it is refused its place
          log.append(body);
        });
  }

  private void delete(String name) {
    Stores.run(() -> {
      store.delete(name);
      return null;
    });
  }

  private LineageLog open(ObjectStore at) {
    return open(at, random);
  }

  private LineageLog open(ObjectStore at, Random by) {
    return LineageLog.open(at, seals, Samples.VOLUME, Anchors.none(), Samples.CLOCK, by);
  }

  private LineageLog open(ObjectStore at, Anchors anchors) {
    return LineageLog.open(at, seals, Samples.VOLUME, anchors, Samples.CLOCK, random);
  }

  /// Loses puts, or their answers.
  private static final class LosingStore implements ObjectStore {
    private final ObjectStore next;
    private int loseAnswers;
    private int losePuts;

    LosingStore(ObjectStore next) {
      this.next = next;
    }

    @Override
    public Put putIfAbsent(String name, MemorySegment bytes) throws ObjectStoreException {
      if (losePuts-- > 0) {
        throw new ObjectStoreException.Unavailable("lost", null);
      }
      Put put = next.putIfAbsent(name, bytes);
      if (loseAnswers-- > 0) {
        throw new ObjectStoreException.Unavailable("answer lost", null);
      }
      return put;
    }

    @Override
    public Optional<byte[]> get(String name) throws ObjectStoreException {
      return next.get(name);
    }

    @Override
    public boolean getRange(String name, long offset, MemorySegment into)
        throws ObjectStoreException {
      return next.getRange(name, offset, into);
    }

    @Override
    public Optional<Head> head(String name) throws ObjectStoreException {
      return next.head(name);
    }

    @Override
    public Page list(String prefix, String startAfter, int limit) throws ObjectStoreException {
      return next.list(prefix, startAfter, limit);
    }

    @Override
    public void delete(String name) throws ObjectStoreException {
      next.delete(name);
    }

    @Override
    public void close() {
      next.close();
    }
  }
}
