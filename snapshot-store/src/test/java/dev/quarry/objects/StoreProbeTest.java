package dev.quarry.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreProbeTest {
  private final MemoryStore memory = MemoryStore.create();

  private static StoreProbe.Report probe(ObjectStore store) throws ObjectStoreException {
    return StoreProbe.run(store, "quarry", new Random(1));
  }

  /// Answers why a store is refused, and checks that nothing of the probe is left behind it.
  private String refusal(ObjectStore store) throws Exception {
    String message =
        assertThrows(ObjectStoreException.Unsafe.class, () -> probe(store)).getMessage();
    assertEquals(List.of(), TestObjects.names(memory, "", 100));
    assertTrue(message.contains("use another store"), message);
    return message;
  }

  @Test
  void memoryStore_passesAndIsLeftEmpty() throws Exception {
    assertEquals(new StoreProbe.Report(true), probe(memory));
    assertEquals(List.of(), TestObjects.names(memory, "", 100));
  }

  @Test
  void directoryStore_passes(@TempDir Path folder) throws Exception {
    try (ObjectStore store = DirectoryStore.open(folder.resolve("store"))) {
      assertEquals(new StoreProbe.Report(true), probe(store));
      assertEquals(List.of(), TestObjects.names(store, "", 100));
    }
  }

  @Test
  void storeWithoutChecksums_passesAndSaysSo() throws Exception {
    ObjectStore store =
        new FilterStore(memory) {
          @Override
          public Optional<Head> head(String name) throws ObjectStoreException {
            return super.head(name).map(head -> new Head(head.sizeBytes(), OptionalInt.empty()));
          }
        };
    assertEquals(new StoreProbe.Report(false), probe(store));
  }

  @Test
  void storeThatReplaces_isRefused() throws Exception {
    String why =
        refusal(
            new FilterStore(memory) {
              @Override
              public Put putIfAbsent(String name, MemorySegment bytes) throws ObjectStoreException {
                super.delete(name);
                return super.putIfAbsent(name, bytes);
              }
            });
    assertTrue(why.contains("If-None-Match"), why);
  }

  @Test
  void storeThatReplacesAndDeniesIt_isRefused() throws Exception {
    String why =
        refusal(
            new FilterStore(memory) {
              @Override
              public Put putIfAbsent(String name, MemorySegment bytes) throws ObjectStoreException {
                boolean there = super.head(name).isPresent();
                super.delete(name);
                super.putIfAbsent(name, bytes);
                return there ? Put.EXISTED : Put.CREATED;
              }
            });
    assertTrue(why.contains("If-None-Match"), why);
  }

  /// A server that looks whether the name is there and only then writes.
  @Test
  void storeThatChecksAndThenWrites_isRefused() throws Exception {
    CyclicBarrier allHaveLooked = new CyclicBarrier(8);
    String why =
        refusal(
            new FilterStore(memory) {
              @Override
              public Put putIfAbsent(String name, MemorySegment bytes) throws ObjectStoreException {
                if (!name.contains("race")) {
                  return super.putIfAbsent(name, bytes);
                }
                try {
                  allHaveLooked.await();
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
                super.putIfAbsent(name, bytes);
                return Put.CREATED;
              }
            });
    assertTrue(why.contains("race"), why);
  }

  @Test
  void storeThatShowsObjectsLate_isRefused() throws Exception {
    String why =
        refusal(
            new FilterStore(memory) {
              @Override
              public Optional<byte[]> get(String name) {
                return Optional.empty();
              }
            });
    assertTrue(why.contains("right after it was put"), why);
  }

  @Test
  void storeThatListsLate_isRefused() throws Exception {
    String why =
        refusal(
            new FilterStore(memory) {
              @Override
              public Page list(String prefix, String startAfter, int limit) {
                return new Page(List.of(), false);
              }
            });
    assertTrue(why.contains("list"), why);
  }

  @Test
  void storeThatIgnoresRanges_isRefused() throws Exception {
    String why =
        refusal(
            new FilterStore(memory) {
              @Override
              public boolean getRange(String name, long offset, MemorySegment into)
                  throws ObjectStoreException {
                return super.getRange(name, 0, into);
              }
            });
    assertTrue(why.contains("parts"), why);
  }

  @Test
  void storeThatCutsRanges_isRefused() throws Exception {
    String why =
        refusal(
            new FilterStore(memory) {
              @Override
              public boolean getRange(String name, long offset, MemorySegment into)
                  throws ObjectStoreException {
                byte[] all = super.get(name).orElseThrow();
                int length = (int) Math.min(into.byteSize(), all.length - offset);
                MemorySegment.copy(all, (int) offset, into, ValueLayout.JAVA_BYTE, 0, length);
                return true;
              }
            });
    assertTrue(why.contains("past the end"), why);
  }

  @Test
  void storeThatDeletesLate_isRefused() throws Exception {
    AtomicInteger deletes = new AtomicInteger();
    String why =
        refusal(
            new FilterStore(memory) {
              @Override
              public void delete(String name) throws ObjectStoreException {
                if (deletes.incrementAndGet() > 2) {
                  super.delete(name);
                }
              }
            });
    assertTrue(why.contains("deleted"), why);
  }

  @Test
  void cleanUp_deletesEachObjectOnce() throws Exception {
    AtomicInteger deletes = new AtomicInteger();
    probe(
        new FilterStore(memory) {
          @Override
          public void delete(String name) throws ObjectStoreException {
            deletes.incrementAndGet();
            super.delete(name);
          }
        });
    assertEquals(2 + 4, deletes.get(), "two to try it, then one object and those of three races");
  }

  @Test
  void storeOutOfReach_isAnErrorOfItsOwn() {
    FaultyStore store = new FaultyStore(memory, _ -> FaultPlan.Fault.BEFORE, new ManualStoreTime());
    assertThrows(ObjectStoreException.Unavailable.class, () -> probe(store));
  }
}
